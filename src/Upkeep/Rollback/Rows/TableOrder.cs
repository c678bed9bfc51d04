using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Rollback.Rows;

/// <summary>Puts tables that others refer to before those that refer to them, as far as there is such an order.</summary>
internal static class TableOrder
{
    public static async Task<IReadOnlyList<TablePair>> SortAsync(NpgsqlConnection connection, IReadOnlyList<TablePair> tables, CancellationToken cancellationToken)
    {
        var edges = await connection.QueryAsync(Sql.File("Rollback/Rows/references.sql"),
            row => (From: new TableName(row.GetString(0), row.GetString(1)), To: new TableName(row.GetString(2), row.GetString(3))), cancellationToken);
        return Sort(tables, edges);
    }

    /// <param name="edges">A table, and one that it refers to.</param>
    public static IReadOnlyList<TablePair> Sort(IReadOnlyList<TablePair> tables, IReadOnlyList<(TableName From, TableName To)> edges)
    {
        var left = tables.ToDictionary(table => table.Name);
        var sorted = new List<TablePair>(tables.Count);
        while (left.Count > 0)
        {
            var free = left.Values.Where(table => !edges.Any(edge => edge.From == table.Name && left.ContainsKey(edge.To))).ToList();
            // A circle has no beginning; what its constraints refuse is tried again in the end.
            if (free.Count == 0)
                free = [left.Values.First()];
            foreach (var table in free)
                left.Remove(table.Name);
            sorted.AddRange(free);
        }
        return sorted;
    }
}
