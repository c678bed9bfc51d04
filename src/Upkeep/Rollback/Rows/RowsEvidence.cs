using System.Globalization;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Rollback.Rows;

/// <summary>Tells what was found: measures, findings and lists.</summary>
internal static class RowsEvidence
{
    public const string ConflictsPath = "rollback/conflicts.csv";

    public static void Tell(StepContext context, string replaced, IReadOnlyList<TableDifference> tables, IReadOnlyList<string> notCompared, CarryOver mode)
    {
        foreach (var table in tables)
        {
            var name = table.Table().ToString();
            context.Before("rows_written_after_backup", table.New, "rows", name);
            context.Before("rows_changed_after_backup", table.Changed, "rows", name);
            context.Before("rows_deleted_after_backup", table.Gone, "rows", name);
            if (table.Written > 0 && (mode == CarryOver.No || table.NotCarried is not null))
                context.Raise(Severity.Warning, "rows-not-in-live", Message(table, replaced), name, Hint(table, context.Run));
        }
        foreach (var left in notCompared)
            context.Raise(Severity.Info, "not-compared", $"Not compared: {left}.", null);
    }

    public static async Task WriteConflictsAsync(StepContext context, IReadOnlyList<Conflict> conflicts, CancellationToken cancellationToken)
    {
        if (conflicts.Count == 0)
            return;
        var csv = new Csv("table", "key", "what", "why");
        foreach (var conflict in conflicts)
            csv.Row(conflict.Table.ToString(), conflict.Key, conflict.IsNew ? "new" : "changed", conflict.Why);
        context.Attach(await RunFolder.WriteAsync(context.Folder, ConflictsPath, "text/csv", csv.ToString(), cancellationToken));
        foreach (var table in conflicts.GroupBy(conflict => conflict.Table.ToString(), StringComparer.Ordinal))
        {
            context.Raise(Severity.Warning, "rows-in-conflict", $"{table.Key}: {Counted.Of(table.Count(), "row")} of the replaced database {(table.Count() == 1 ? "was" : "were")} not carried over: {string.Join("; ", table.Select(conflict => conflict.Why).Distinct().Take(3))}.",
                table.Key, $"Decide row by row: {ConflictsPath} names them, the lists beside it hold both versions.");
        }
    }

    /// <summary>The table's name as part of a file's; names that would look alike are told apart.</summary>
    public static string FileName(TableName table)
    {
        var plain = string.Concat(table.ToString().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' ? letter : '_'));
        return plain == table.ToString() && plain.Length <= 100 ? plain
            : plain[..Math.Min(plain.Length, 100)] + "-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(table.Quoted)))[..8];
    }

    private static string Message(TableDifference table, string replaced) => string.Create(CultureInfo.InvariantCulture,
        $"{table.Table()}: {Counted.Of(table.New, "row")} written and {table.Changed} changed after the backup {(table.Written == 1 ? "is" : "are")} in {replaced} only{(table.NotCarried is { } why ? $"; {why}" : "")}.");

    private static string Hint(TableDifference table, string run) => table.NotCarried is null
        ? $"Carry them over: upkeep rollback {run} --full --carry-over. The list: {table.List}" : $"Put them in by hand from the list: {table.List}";
}
