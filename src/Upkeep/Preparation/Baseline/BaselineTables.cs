using Upkeep.Files;
using Upkeep.Postgres.Catalog;

namespace Upkeep.Preparation.Baseline;

/// <summary>The baseline as tables for a spreadsheet.</summary>
internal static class BaselineTables
{
    public const int StatementsListed = 100;
    public const int TextLength = 1000;

    public static Csv Tables(IReadOnlyList<TableState> tables)
    {
        var csv = new Csv("schema", "table", "kind", "is_partition", "estimated_rows", "live_rows", "dead_rows", "total_bytes", "heap_bytes", "index_bytes",
            "sizes_are_estimates", "frozen_id_age", "multixact_age", "last_vacuum", "last_analyze", "modified_since_analyze", "inserted", "updated", "deleted");
        foreach (var table in tables)
        {
            csv.Row(table.Schema, table.Name, table.Kind, table.IsPartition, table.EstimatedRows, table.LiveRows, table.DeadRows, table.TotalBytes, table.HeapBytes,
                table.IndexBytes, table.SizesAreEstimates, table.FrozenIdAge, table.MultixactAge, table.LastVacuum, table.LastAnalyze, table.ModifiedSinceAnalyze,
                table.Inserted, table.Updated, table.Deleted);
        }
        return csv;
    }

    public static Csv Indexes(IReadOnlyList<IndexState> indexes)
    {
        var csv = new Csv("schema", "table", "index", "bytes", "size_is_estimate", "scans", "is_unique", "is_primary", "is_valid");
        foreach (var index in indexes)
            csv.Row(index.Schema, index.Table, index.Name, index.Bytes, index.SizeIsEstimate, index.Scans, index.IsUnique, index.IsPrimary, index.IsValid);
        return csv;
    }

    public static Csv Statements(IReadOnlyList<StatementStat> statements, IReadOnlyDictionary<long, string> texts)
    {
        var csv = new Csv("query_id", "calls", "total_ms", "mean_ms", "stddev_ms", "max_ms", "rows", "blocks_hit", "blocks_read", "statement");
        foreach (var stat in statements)
        {
            csv.Row(stat.QueryId, stat.Calls, stat.TotalMs, stat.MeanMs, stat.StdDevMs, stat.MaxMs, stat.Rows, stat.BlocksHit, stat.BlocksRead,
                texts.GetValueOrDefault(stat.QueryId));
        }
        return csv;
    }
}
