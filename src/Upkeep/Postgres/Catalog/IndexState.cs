using System.Text.Json.Serialization;
using Npgsql;

namespace Upkeep.Postgres.Catalog;

/// <summary>What the catalog and the statistics say of one index, at one look.</summary>
public sealed record IndexState
{
    public required long Oid { get; init; }
    public required string Schema { get; init; }
    public required string Table { get; init; }
    public required string Name { get; init; }
    public required long Bytes { get; init; }
    /// <summary>Whether the size comes from the catalog's last known page count, because the index was locked.</summary>
    public required bool SizeIsEstimate { get; init; }
    /// <summary>Scans since the statistics were last reset.</summary>
    public required long Scans { get; init; }
    public required bool IsUnique { get; init; }
    public required bool IsPrimary { get; init; }
    /// <summary>False for what a failed concurrent build left behind.</summary>
    public required bool IsValid { get; init; }

    [JsonIgnore]
    public TableName Index => new(Schema, Name);

    internal static IndexState Read(NpgsqlDataReader reader) => new()
    {
        Oid = reader.GetInt64(0),
        Schema = reader.GetString(1),
        Table = reader.GetString(2),
        Name = reader.GetString(3),
        Bytes = reader.GetInt64(4),
        SizeIsEstimate = reader.GetBoolean(5),
        Scans = reader.GetInt64(6),
        IsUnique = reader.GetBoolean(7),
        IsPrimary = reader.GetBoolean(8),
        IsValid = reader.GetBoolean(9),
    };
}
