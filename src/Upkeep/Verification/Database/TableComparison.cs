using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Postgres.Catalog;
using Upkeep.Running;

namespace Upkeep.Verification.Database;

/// <summary>Tables at two looks. A table dropped and made again is another table: its oid tells.</summary>
internal static class TableComparison
{
    private const int TablesMeasured = 20;

    public static void Say(StepContext context, DatabaseSnapshot? before, DatabaseSnapshot now)
    {
        if (before is not null)
        {
            context.Before("tables_size", before.Tables.Sum(table => table.TotalBytes), "bytes");
            context.Before("dead_rows", before.Tables.Sum(table => table.DeadRows), "rows");
            context.Before("frozen_id_age", OldestId(before), "count");
        }
        context.After("tables_size", now.Tables.Sum(table => table.TotalBytes), "bytes");
        context.After("dead_rows", now.Tables.Sum(table => table.DeadRows), "rows");
        context.After("frozen_id_age", OldestId(now), "count");
        foreach (var (then, table) in Pairs(before, now).Where(pair => pair.Now is { Kind: not "partitioned" }).Take(TablesMeasured))
        {
            if (then is not null)
            {
                context.Before("table_size", then.TotalBytes, "bytes", then.Table.ToString());
                context.Before("dead_rows", then.DeadRows, "rows", then.Table.ToString());
            }
            context.After("table_size", table!.TotalBytes, "bytes", table.Table.ToString());
            context.After("dead_rows", table.DeadRows, "rows", table.Table.ToString());
        }
        foreach (var (gone, _) in Pairs(before, now).Where(pair => pair.Now is null))
            context.Raise(Severity.Info, "table-gone", $"{gone!.Table} was there at the baseline and is gone.", gone.Table.ToString());
    }

    public static Csv Table(DatabaseSnapshot? before, DatabaseSnapshot now)
    {
        var csv = new Csv("schema", "table", "total_bytes_before", "total_bytes_after", "dead_rows_before", "dead_rows_after", "live_rows_before", "live_rows_after",
            "frozen_id_age_before", "frozen_id_age_after", "last_vacuum", "last_analyze");
        foreach (var (then, table) in Pairs(before, now))
        {
            var any = (table ?? then)!;
            csv.Row(any.Schema, any.Name, then?.TotalBytes, table?.TotalBytes, then?.DeadRows, table?.DeadRows, then?.LiveRows, table?.LiveRows,
                then?.FrozenIdAge, table?.FrozenIdAge, table?.LastVacuum, table?.LastAnalyze);
        }
        return csv;
    }

    private static long OldestId(DatabaseSnapshot look) => look.Tables.Select(table => table.FrozenIdAge).DefaultIfEmpty().Max();

    // Largest first as they are now, then those that are gone. What the baseline left out has no "before" and is never "gone".
    private static IEnumerable<(TableState? Then, TableState? Now)> Pairs(DatabaseSnapshot? before, DatabaseSnapshot now)
    {
        var earlier = (before?.Tables ?? []).ToDictionary(table => table.Oid);
        var present = now.Tables.Select(table => table.Oid).ToHashSet();
        var gone = now.TablesLeftOut > 0 ? [] : earlier.Values.Where(table => !present.Contains(table.Oid));
        return [.. now.Tables.Select(table => ((TableState?)earlier.GetValueOrDefault(table.Oid), (TableState?)table)), .. gone.Select(table => ((TableState?)table, (TableState?)null))];
    }
}
