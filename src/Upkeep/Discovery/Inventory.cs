using Upkeep.Postgres;

namespace Upkeep.Discovery;

/// <summary>What a database holds, as far as a configuration is to be proposed for it.</summary>
/// <param name="Name">The database's name.</param>
public sealed record Inventory(string Name, string ServerVersion, IReadOnlyList<DiscoveredTable> Tables)
{
    /// <summary>Reads names, columns and index heads from the catalog; touches no table.</summary>
    public static async Task<Inventory> ReadAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var columns = await connection.QueryAsync(Sql.File("Discovery/columns.sql"), static reader => new
        {
            Table = new TableName(reader.GetString(0), reader.GetString(1)),
            Rows = reader.GetDouble(2),
            Column = reader.IsDBNull(3) ? null : new DiscoveredColumn(reader.GetString(3), reader.GetString(4), reader.GetBoolean(5)),
        }, cancellationToken);
        var tables = columns.GroupBy(row => row.Table)
            .Select(group => new DiscoveredTable(group.Key, group.First().Rows, [.. group.Select(row => row.Column).OfType<DiscoveredColumn>()]));
        return new Inventory(connection.Database, connection.PostgreSqlVersion.ToString(), [.. tables]);
    }
}

/// <param name="EstimatedRows">The planner's estimate; -1 where the table was never analyzed (before version 14: 0).</param>
public sealed record DiscoveredTable(TableName Name, double EstimatedRows, IReadOnlyList<DiscoveredColumn> Columns)
{
    public DiscoveredColumn? Column(string name) => Columns.FirstOrDefault(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <param name="Type">As PostgreSQL writes it, for example <c>timestamp with time zone</c>.</param>
/// <param name="LeadsIndex">Whether a valid index over all rows starts with it.</param>
public sealed record DiscoveredColumn(string Name, string Type, bool LeadsIndex)
{
    public bool IsText => Type is "text" or "character varying";

    public bool IsTime => Type is "date" or "timestamp with time zone" or "timestamp without time zone";
}
