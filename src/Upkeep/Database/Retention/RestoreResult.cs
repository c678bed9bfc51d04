using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>How putting one table's rows back came out.</summary>
/// <param name="Problem">What keeps the table from being as it was, or null.</param>
/// <param name="Note">Something to know besides, or null.</param>
internal sealed record RestoreResult(string Table, long Rows, string? Problem, string? Note)
{
    /// <summary>Where its rows are kept, absolute.</summary>
    public string? Archive { get; init; }

    public static Proof Prove(IReadOnlyList<RestoreResult> results, StopSignal stop)
    {
        var count = results.Sum(result => result.Rows);
        var rows = Counted.Of(count, "row is", "rows are");
        var notes = string.Concat(results.Where(result => result.Note is not null).Select(result => $"; {result.Table}: {result.Note}"));
        var problems = results.Where(result => result.Problem is not null).Select(result => $"{result.Table}: {result.Problem}").ToList();
        if (problems.Count > 0)
            return Proof.Missing($"{rows} back, but {string.Join("; ", problems)}{notes}", stop.IsRequested ? "Run the same rollback again: it goes on from here." : Kept(results));
        return Proof.That($"{rows} back, and read again from the table they are the archive's, by digest{notes}");
    }

    private static string Kept(IReadOnlyList<RestoreResult> results) =>
        $"Every row is kept in {string.Join(", ", results.Where(result => result.Problem is not null).Select(result => result.Archive).Distinct(StringComparer.Ordinal))}. Mend the cause and run the same rollback again.";
}
