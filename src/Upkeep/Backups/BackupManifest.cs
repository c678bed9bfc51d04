using System.Text.Json;
using Upkeep.Journal;
using Upkeep.Postgres.Digests;

namespace Upkeep.Backups;

/// <summary>What a backup is and what must come out of it again. Stands beside the dump as <c>manifest.json</c>; a backup without one is none.</summary>
public sealed record BackupManifest
{
    /// <summary>Version of this record's shape.</summary>
    public int Schema { get; init; } = 1;

    public required string Name { get; init; }

    /// <summary>The run that took it.</summary>
    public required string Run { get; init; }

    public required string Database { get; init; }

    /// <summary>As the server reports it, for example <c>15.18</c>.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>As pg_dump reports it.</summary>
    public required string DumpVersion { get; init; }

    /// <summary><c>zstd</c> or <c>gzip</c>.</summary>
    public required string Compression { get; init; }

    /// <summary>The snapshot that dump, counts and digests were all taken in.</summary>
    public required string Snapshot { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>Size of the database on the server when it was taken, in bytes.</summary>
    public required long DatabaseBytes { get; init; }

    public required IReadOnlyList<BackupFile> Files { get; init; }

    public required DatabaseDigest Content { get; init; }

    public long Bytes() => Files.Sum(file => file.Bytes);

    public long Rows() => Content.Tables.Sum(table => table.Rows);

    internal static JsonSerializerOptions Json { get; } = new(JournalJson.Options) { WriteIndented = true };
}

/// <summary>One file of the dump.</summary>
/// <param name="Path">Below the backup's folder, with forward slashes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record BackupFile(string Path, long Bytes, string Sha256);
