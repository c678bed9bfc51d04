using Npgsql;

namespace Upkeep.Postgres.Catalog;

/// <summary>The server and the database as a whole, at one look.</summary>
public sealed record DatabaseState
{
    /// <summary>The server's clock at the look.</summary>
    public required DateTimeOffset At { get; init; }
    public required string Database { get; init; }
    /// <summary>For example <c>15.18</c>.</summary>
    public required string Version { get; init; }
    /// <summary>For example 150018.</summary>
    public required int VersionNumber { get; init; }
    /// <summary>Bytes of the database; null where the role may not connect to it in its own name.</summary>
    public required long? Bytes { get; init; }
    public required bool IsInRecovery { get; init; }
    /// <summary>Seconds since the last replayed commit, on a standby only.</summary>
    public required double? ReplayDelaySeconds { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>When the counters of this database began to count anew; null when they never did.</summary>
    public required DateTimeOffset? StatisticsReset { get; init; }
    public required int MaxConnections { get; init; }
    /// <summary>Connections kept for superusers and, since 16, for a reserved role.</summary>
    public required int ReservedConnections { get; init; }
    /// <summary>Whether our role sees other roles' sessions and replicas (superuser, pg_monitor or pg_read_all_stats).</summary>
    public required bool SeesAllActivity { get; init; }
    /// <summary>The data folder, or null where our role may not know it.</summary>
    public required string? DataFolder { get; init; }

    public static async Task<DatabaseState> ReadAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        return (await database.QueryAsync(Sql.File("Postgres/Catalog/database.sql"), Read, cancellationToken))[0];
    }

    private static DatabaseState Read(NpgsqlDataReader reader) => new()
    {
        Database = reader.GetString(0),
        Version = reader.GetString(1),
        VersionNumber = reader.GetInt32(2),
        Bytes = reader.IsDBNull(3) ? null : reader.GetInt64(3),
        IsInRecovery = reader.GetBoolean(4),
        ReplayDelaySeconds = reader.Number(5),
        StartedAt = reader.GetFieldValue<DateTimeOffset>(6),
        StatisticsReset = reader.Instant(7),
        MaxConnections = reader.GetInt32(8),
        ReservedConnections = reader.GetInt32(9),
        SeesAllActivity = reader.GetBoolean(10),
        DataFolder = reader.Text(11),
        At = reader.GetFieldValue<DateTimeOffset>(12),
    };
}
