using Npgsql;

namespace Upkeep.Postgres.Catalog;

/// <summary>A server that follows this one.</summary>
/// <param name="State">For example <c>streaming</c>, <c>catchup</c> or <c>backup</c>.</param>
/// <param name="LagSeconds">Time until what was written here is replayed there; 0 when it has caught up.</param>
/// <param name="LagBytes">WAL not yet replayed there.</param>
public sealed record Replica(string Name, string State, double? LagSeconds, long? LagBytes)
{
    /// <summary>Those connected now. A role that doesn't see other roles' activity sees them without figures: ask <see cref="DatabaseState.SeesAllActivity"/> first.</summary>
    public static Task<IReadOnlyList<Replica>> ReadAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.QueryAsync(Sql.File("Postgres/Catalog/replicas.sql"), Read, cancellationToken);
    }

    private static Replica Read(NpgsqlDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.Number(2), reader.IsDBNull(3) ? null : reader.GetInt64(3));
}
