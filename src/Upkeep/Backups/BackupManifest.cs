using System.Text.Json;
using System.Text.Json.Serialization;
using Upkeep.Backups.Engines;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Postgres.Digests;

namespace Upkeep.Backups;

/// <summary>What a backup is and what must come out of it again. Stands beside the dump as <c>manifest.json</c>; a backup without one is none.</summary>
public sealed record BackupManifest
{
    /// <summary>Version of this record's shape.</summary>
    public int Schema { get; init; } = 2;

    public required string Name { get; init; }

    /// <summary>The run that took it; null where <c>upkeep backup create</c> did.</summary>
    public required string? Run { get; init; }

    /// <summary>What made it, and what restores it.</summary>
    [JsonConverter(typeof(BackupEngineNameConverter))]
    public BackupEngineName Engine { get; init; } = BackupEngineName.PgDump;

    public required string Database { get; init; }

    /// <summary>What the server calls itself (system_identifier), so that databases of one name on two servers are told apart; null in older manifests.</summary>
    public string? Server { get; init; }

    /// <summary>As the server reports it, for example <c>15.18</c>.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>The programs that made it, with the versions they report, for example <c>pg_dump: 15.18</c>.</summary>
    public IReadOnlyDictionary<string, string> Tools { get; init; } = new Dictionary<string, string>();

    /// <summary>For example <c>zstd</c> or <c>gzip</c>.</summary>
    public required string Compression { get; init; }

    /// <summary>The snapshot that counts and digests were taken in; of a logical dump, the rows too.</summary>
    public required string Snapshot { get; init; }

    /// <summary>Of a physical backup: where in the server's log the snapshot stands. Null for a logical dump.</summary>
    public RecoveryPoint? Point { get; init; }

    /// <summary>How the database was made, so that a copy can be made alike.</summary>
    public DatabaseTraits? Traits { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>Size of the database on the server when it was taken, in bytes.</summary>
    public required long DatabaseBytes { get; init; }

    /// <summary>Of a physical backup: size of the whole server, as far as the role may see it, in bytes. Null for a dump, and in older manifests.</summary>
    public long? ServerBytes { get; init; }

    /// <summary>The most that a restored copy may take up, in bytes.</summary>
    public long RestoredBytes() => Math.Max(DatabaseBytes, ServerBytes ?? 0);

    public required IReadOnlyList<BackupFile> Files { get; init; }

    public required DatabaseDigest Content { get; init; }

    public long Bytes() => Files.Sum(file => file.Bytes);

    public long Rows() => Content.Tables.Sum(table => table.Rows);

    /// <summary>What pgBackRest calls the backup in its repository; null for the other engines.</summary>
    public string? Label { get; init; }

    internal static JsonSerializerOptions Json { get; } = new(JournalJson.Options) { WriteIndented = true };
}

/// <summary>One file of the dump.</summary>
/// <param name="Path">Below the backup's folder, with forward slashes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record BackupFile(string Path, long Bytes, string Sha256);

/// <summary>A place in the server's write-ahead log at which a recovered copy shows what the manifest says.</summary>
/// <param name="Lsn">For example <c>0/1A2B3C8</c>.</param>
/// <param name="Exact">True where no transaction was under way between the snapshot and this place, so that digests must be equal.</param>
public sealed record RecoveryPoint(string Lsn, bool Exact);

/// <summary>What a database must be made with for a dump to fit in.</summary>
/// <param name="Encoding">For example <c>UTF8</c>.</param>
/// <param name="Provider">One letter, as pg_database has it: c for libc, i for ICU, b for builtin.</param>
/// <param name="Locale">The ICU or builtin locale, or null.</param>
/// <param name="Roles">Names of the server's roles, which owners, grants and policies may name.</param>
public sealed record DatabaseTraits(string Encoding, string Collate, string CharacterType, string Provider, string? Locale, IReadOnlyList<string> Roles);

internal sealed class BackupEngineNameConverter : JsonConverter<BackupEngineName>
{
    public override BackupEngineName Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString() switch
    {
        "pg_dump" => BackupEngineName.PgDump,
        "pg_basebackup" => BackupEngineName.PgBaseBackup,
        "pgbackrest" => BackupEngineName.PgBackRest,
        var other => throw new JsonException($"{other} is no engine that this upkeep knows."),
    };

    public override void Write(Utf8JsonWriter writer, BackupEngineName value, JsonSerializerOptions options) => writer.WriteStringValue(value.Program());
}
