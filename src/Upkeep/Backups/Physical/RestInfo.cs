using System.Text.Json;
using System.Text.Json.Serialization;

namespace Upkeep.Backups.Physical;

/// <summary>A stanza as <c>pgbackrest info --output=json</c> tells it; only what is read here.</summary>
internal sealed record RestInfo
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    public required string Name { get; init; }

    public required RestStatus Status { get; init; }

    /// <summary>The servers that the stanza stood for, the present one last.</summary>
    [JsonPropertyName("db")]
    public IReadOnlyList<RestDatabase> Databases { get; init; } = [];

    [JsonPropertyName("backup")]
    public IReadOnlyList<RestBackup> Backups { get; init; } = [];

    /// <summary>Labels of the backups that need this one.</summary>
    public IReadOnlyList<string> Dependents(string label) => [.. Backups.Where(backup => backup.Reference?.Contains(label) == true).Select(backup => backup.Label)];

    public RestBackup? Find(string label) => Backups.FirstOrDefault(backup => backup.Label == label);
}

internal sealed record RestStatus(int Code, string Message);

/// <param name="SystemId">What the server's control file calls it.</param>
internal sealed record RestDatabase(int Id, [property: JsonPropertyName("system-id")] ulong SystemId, string Version);

/// <param name="Type">full, diff or incr.</param>
/// <param name="Error">True where pages failed their checksums while they were copied.</param>
/// <param name="Reference">Labels of the backups that it needs; null for a full one.</param>
internal sealed record RestBackup(string Label, string Type, bool? Error, RestArchive Archive, RestTimes Timestamp, IReadOnlyList<string>? Reference, RestDatabaseKey Database)
{
    /// <summary>What whoever took it wrote to it.</summary>
    public IReadOnlyDictionary<string, string>? Annotation { get; init; }
}

/// <param name="Start">The first segment of log that the backup needs.</param>
internal sealed record RestArchive(string? Start, string? Stop);

/// <summary>Seconds since 1970.</summary>
internal sealed record RestTimes(long Start, long Stop);

internal sealed record RestDatabaseKey(int Id);
