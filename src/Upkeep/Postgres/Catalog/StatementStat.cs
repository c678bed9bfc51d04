using System.Text.Json.Serialization;
using Npgsql;

namespace Upkeep.Postgres.Catalog;

/// <summary>The counters that <c>pg_stat_statements</c> keeps of one statement of one user, since its entry was made.</summary>
/// <param name="QueryId">Same for the same statement with other constants.</param>
/// <param name="TopLevel">False where it ran inside a function (known since 14).</param>
/// <param name="TotalMs">Execution time of all calls.</param>
/// <param name="StdDevMs">Population standard deviation of the execution time.</param>
public sealed record StatementStat(long QueryId, long UserId, bool TopLevel, long Calls, double TotalMs, double StdDevMs, double MaxMs, long Rows, long BlocksHit, long BlocksRead)
{
    [JsonIgnore]
    public (long QueryId, long UserId, bool TopLevel) Key => (QueryId, UserId, TopLevel);

    [JsonIgnore]
    public double MeanMs => Calls == 0 ? 0 : TotalMs / Calls;

    internal static StatementStat Read(NpgsqlDataReader reader) => new(reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2), reader.GetInt64(3),
        reader.GetDouble(4), reader.GetDouble(5), reader.GetDouble(6), reader.GetInt64(7), reader.GetInt64(8), reader.GetInt64(9));
}

/// <summary>All statements of this database, at one look.</summary>
public sealed record StatementSnapshot
{
    /// <summary>Most expensive first.</summary>
    public required IReadOnlyList<StatementStat> Statements { get; init; }
    /// <summary>Entries of other users that our role may not see.</summary>
    public required long Hidden { get; init; }
    /// <summary>Statements beyond <see cref="StatementCatalog.Limit"/>, not read.</summary>
    public required long LeftOut { get; init; }
    /// <summary>When the counters were last reset; null where the extension is older than 1.9 and doesn't say.</summary>
    public required DateTimeOffset? ResetAt { get; init; }
    /// <summary>How often the extension dropped rare statements to make room; null where it doesn't say.</summary>
    public required long? Evictions { get; init; }
}

/// <summary>A snapshot, or why there is none.</summary>
/// <param name="Reason">Null with a snapshot.</param>
/// <param name="Hint">Null with a snapshot.</param>
public sealed record StatementLook(StatementSnapshot? Snapshot, string? Reason, string? Hint);
