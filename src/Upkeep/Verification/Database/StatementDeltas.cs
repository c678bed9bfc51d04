using Upkeep.Postgres.Catalog;

namespace Upkeep.Verification.Database;

/// <summary>One statement between two looks.</summary>
/// <param name="Calls">Calls since the baseline.</param>
/// <param name="MeanMs">Mean time of those calls.</param>
/// <param name="MeanBeforeMs">Mean time of the calls before the baseline; null where there were none.</param>
/// <param name="StandardErrors">How many standard errors the means are apart (Welch's t); null where it can't be said.</param>
public sealed record StatementDelta(long QueryId, long UserId, bool TopLevel, long Calls, double TotalMs, double MeanMs, double? MeanBeforeMs, double? StandardErrors);

/// <summary>What statements did since the baseline, or why that can't be said.</summary>
/// <param name="Reset">Statements whose own counters went backwards; left out.</param>
public sealed record StatementComparison(IReadOnlyList<StatementDelta> Deltas, int Reset, string? NotChecked, string? Hint);

/// <summary>Compares by differences of the counters, never by what they counted since the last reset: pure.</summary>
internal static class StatementDeltas
{
    public static StatementComparison Of(StatementLook before, StatementLook after)
    {
        if (before.Snapshot is not { } first || after.Snapshot is not { } second)
            return new StatementComparison([], 0, before.Reason ?? after.Reason, before.Hint ?? after.Hint);
        if (first.ResetAt != second.ResetAt)
            return new StatementComparison([], 0, "the statement counters were reset since the baseline", "Find out who calls pg_stat_statements_reset() during the window.");
        var earlier = first.Statements.ToDictionary(stat => stat.Key);
        var deltas = new List<StatementDelta>();
        var reset = 0;
        foreach (var now in second.Statements)
        {
            var then = earlier.GetValueOrDefault(now.Key);
            if (then is not null && (now.Calls < then.Calls || now.TotalMs < then.TotalMs))
                reset++;
            else if (now.Calls > (then?.Calls ?? 0))
                deltas.Add(Between(then, now));
        }
        // Before 1.9 the extension doesn't tell of a reset; that most counters went backwards does.
        return reset > earlier.Count / 2 && reset > 0
            ? new StatementComparison([], reset, "the statement counters were reset since the baseline", "Find out who calls pg_stat_statements_reset() during the window.")
            : new StatementComparison([.. deltas.OrderByDescending(delta => delta.TotalMs)], reset, null, null);
    }

    private static StatementDelta Between(StatementStat? then, StatementStat now)
    {
        var calls = now.Calls - (then?.Calls ?? 0);
        var total = now.TotalMs - (then?.TotalMs ?? 0);
        var mean = total / calls;
        return new StatementDelta(now.QueryId, now.UserId, now.TopLevel, calls, total, mean, then?.MeanMs, then is null ? null : Apart(then, now, calls, mean));
    }

    // The variance of the calls in between, by taking the sums of squares apart: Chan, Golub and LeVeque, "Updating formulae and a
    // pairwise algorithm for computing sample variances", COMPSTAT 1982. Then Welch's t.
    private static double? Apart(StatementStat then, StatementStat now, long calls, double mean)
    {
        if (then.Calls < 2 || calls < 2)
            return null;
        var squaresBefore = then.StdDevMs * then.StdDevMs * then.Calls;
        var gap = mean - then.MeanMs;
        var squares = Math.Max(0, now.StdDevMs * now.StdDevMs * now.Calls - squaresBefore - gap * gap * then.Calls * calls / now.Calls);
        var error = Math.Sqrt(squaresBefore / (then.Calls - 1) / then.Calls + squares / (calls - 1) / calls);
        return error > 0 ? gap / error : null;
    }
}
