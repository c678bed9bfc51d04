using System.Text.Json.Serialization;
using Npgsql;

namespace Upkeep.Postgres.Catalog;

/// <summary>What the catalog and the statistics say of one table, at one look. Counters count since the statistics were last reset.</summary>
public sealed record TableState
{
    /// <summary>Tells a table from one that was dropped and made again under the same name.</summary>
    public required long Oid { get; init; }
    public required string Schema { get; init; }
    public required string Name { get; init; }
    /// <summary><c>table</c>, <c>partitioned</c> (the parent, which holds no rows itself) or <c>materialized view</c>.</summary>
    public required string Kind { get; init; }
    public required bool IsPartition { get; init; }
    /// <summary>Rows by the planner's last estimate; null when the table was never vacuumed or analyzed.</summary>
    public required double? EstimatedRows { get; init; }
    public required long LiveRows { get; init; }
    public required long DeadRows { get; init; }
    public required long ModifiedSinceAnalyze { get; init; }
    public required long InsertedSinceVacuum { get; init; }
    public required long Inserted { get; init; }
    public required long Updated { get; init; }
    public required long Deleted { get; init; }
    /// <summary>Bytes of the table with its indexes and TOAST.</summary>
    public required long TotalBytes { get; init; }
    /// <summary>Bytes of the table's own file, without TOAST.</summary>
    public required long HeapBytes { get; init; }
    public required long IndexBytes { get; init; }
    /// <summary>Whether the sizes come from the catalog's last known page counts, because the table was locked.</summary>
    public required bool SizesAreEstimates { get; init; }
    public required long Pages { get; init; }
    public required long AllVisiblePages { get; init; }
    /// <summary>Transactions since the oldest unfrozen id, TOAST included; 0 where the table has no rows of its own.</summary>
    public required long FrozenIdAge { get; init; }
    public required long MultixactAge { get; init; }
    /// <summary>The later of manual and automatic, or null.</summary>
    public required DateTimeOffset? LastVacuum { get; init; }
    /// <summary>The later of manual and automatic, or null.</summary>
    public required DateTimeOffset? LastAnalyze { get; init; }
    /// <summary>Whether our role may vacuum and analyze it (owner, superuser, database owner, or MAINTAIN since 17).</summary>
    public required bool CanMaintain { get; init; }

    [JsonIgnore]
    public TableName Table => new(Schema, Name);

    /// <summary>Dead rows as a share of all rows, 0 to 1.</summary>
    [JsonIgnore]
    public double DeadShare => DeadRows == 0 ? 0 : (double)DeadRows / (LiveRows + DeadRows);

    internal static TableState Read(NpgsqlDataReader reader) => new()
    {
        Oid = reader.GetInt64(0),
        Schema = reader.GetString(1),
        Name = reader.GetString(2),
        Kind = reader.GetString(3),
        IsPartition = reader.GetBoolean(4),
        EstimatedRows = reader.IsDBNull(5) ? null : reader.GetDouble(5),
        LiveRows = reader.GetInt64(6),
        DeadRows = reader.GetInt64(7),
        ModifiedSinceAnalyze = reader.GetInt64(8),
        InsertedSinceVacuum = reader.GetInt64(9),
        Inserted = reader.GetInt64(10),
        Updated = reader.GetInt64(11),
        Deleted = reader.GetInt64(12),
        TotalBytes = reader.GetInt64(13),
        HeapBytes = reader.GetInt64(14),
        IndexBytes = reader.GetInt64(15),
        SizesAreEstimates = reader.GetBoolean(16),
        Pages = reader.GetInt64(17),
        AllVisiblePages = reader.GetInt64(18),
        FrozenIdAge = reader.GetInt64(19),
        MultixactAge = reader.GetInt64(20),
        LastVacuum = reader.Instant(21),
        LastAnalyze = reader.Instant(22),
        CanMaintain = reader.GetBoolean(23),
    };
}
