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

    public static void Tell(StepContext context, RowsSurvey survey)
    {
        foreach (var table in survey.Tables)
        {
            var name = table.Table().ToString();
            context.Before("rows_written_after_backup", table.New, "rows", name);
            context.Before("rows_changed_after_backup", table.Changed, "rows", name);
            context.Before("rows_deleted_after_backup", table.Gone, "rows", name);
            if (table.Dropped)
                context.Raise(Severity.Info, "table-was-dropped", $"{name}: the table was dropped after the backup; it is live again, with {Counted.Of(table.Gone, "row")}.", name);
            if (table.Written > 0 && (survey.Mode == CarryOver.No || table.NotCarried is not null))
                context.Raise(Severity.Warning, "rows-not-in-live", Message(table, survey.Replaced), name, Hint(table, context));
        }
        if (survey.LargeObjects is { } changed)
        {
            context.Raise(Severity.Warning, "large-objects-not-in-live", $"Large objects {changed}. They are not compared one by one, and not carried over: what was written to them since is in {survey.Replaced} only.", null,
                $"Before {survey.Replaced} is dropped, look through its pg_largeobject_metadata, and take over what is wanted (psql: \\lo_export there, \\lo_import here).");
        }
        foreach (var left in survey.Unchecked)
            context.Raise(Severity.Info, "not-compared", $"Not compared: {left}.", null);
    }

    /// <summary>A table that is another one than in the backup, and holds nothing that the restored database lacks.</summary>
    public static void TellShape(StepContext context, TablePair pair, string replaced)
    {
        var name = pair.Name.ToString();
        if (pair.Live is null)
            context.Raise(Severity.Info, "table-not-in-live", $"{name}: the table was made after the backup, and is in {replaced} only; it is empty.", name);
        else if (!pair.Replaced.LooksLike(pair.Live))
            context.Raise(Severity.Info, "table-was-altered", $"{name}: the table was given other columns or another key after the backup, and has those in {replaced} only; no value is in them that the restored database lacks.", name);
    }

    /// <summary>How a list's rows are put in, with its path as it is typed from anywhere.</summary>
    public static string ByHand(StepContext context, string list) => $"Put them in by hand, with COPY (docs/operations/rollback.md, The lists), from the list: {Path.Combine(context.Folder, list)}";

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
                table.Key, $"Decide row by row: {Path.Combine(context.Folder, ConflictsPath)} names them, the lists beside it hold both versions.");
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
        $"{table.Table()}: {Counted.Of(table.New, "row")} written and {table.Changed:N0} changed after the backup {(table.Written == 1 ? "is" : "are")} in {replaced} only{(table.NotCarried is { } why ? $"; {why}" : "")}.");

    private static string Hint(TableDifference table, StepContext context) => table.NotCarried is null
        ? $"Carry them over: upkeep rollback {context.Run} --full --carry-over. The list: {Path.Combine(context.Folder, table.List!)}" : ByHand(context, table.List!);
}
