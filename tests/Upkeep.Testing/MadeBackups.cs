using System.Globalization;
using Upkeep.Backups;
using Upkeep.Backups.Restoring;
using Upkeep.Postgres.Digests;

namespace Upkeep.Testing;

/// <summary>Backups for tests that need many and none of their rows: a real store's folders, manifests, files and proofs, without a dump in them.</summary>
public static class MadeBackups
{
    public const string Database = "scenescout";

    /// <summary>A backup as the policy sees it; nothing is on disk.</summary>
    public static StoredBackup Stored(string name, DateTimeOffset at, bool proven = false, string? run = null, string database = Database) =>
        new(name, "/backups/" + name, Manifest(name, at, run, database, []), proven ? Proof("", at) : null);

    /// <summary>Makes one in a store.</summary>
    public static async Task MakeAsync(BackupStore store, string name, DateTimeOffset at, CancellationToken cancellationToken, bool? proven = null, string? run = null, string database = Database,
        int files = 2, int bytes = 1000, string? server = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        var part = store.Begin(name);
        var dump = Directory.CreateDirectory(Path.Combine(part, BackupStore.DumpFolder)).FullName;
        for (var file = 0; file < files; file++)
            await File.WriteAllTextAsync(Path.Combine(dump, $"{file.ToString(CultureInfo.InvariantCulture)}.dat"), new string('x', bytes), cancellationToken);
        await store.CommitAsync(Manifest(name, at, run, database, await BackupStore.DescribeAsync(part, cancellationToken)) with { Server = server }, cancellationToken);
        if (proven is { } holds)
            await store.WriteProofAsync(name, Proof((await store.ManifestSha256Async(name, cancellationToken))!, at.AddHours(1), holds), cancellationToken);
    }

    private static BackupManifest Manifest(string name, DateTimeOffset at, string? run, string database, IReadOnlyList<BackupFile> files) => new()
    {
        Name = name, Run = run, Database = database, ServerVersion = "15.18", Compression = "gzip", Snapshot = "00000003-0000001B-1", StartedAt = at, FinishedAt = at.AddMinutes(10),
        DatabaseBytes = 1 << 20, Files = files, Content = new DatabaseDigest { Algorithm = "none", Tables = [], Sequences = [], LargeObjects = null, NotCovered = [] },
    };

    /// <summary>A proof of a backup whose manifest has the checksum.</summary>
    public static RestoreProof Proof(string manifest, DateTimeOffset at, bool holds = true) => new()
    {
        ManifestSha256 = manifest, At = at, Holds = holds, Problems = holds ? [] : ["public.events has 1 row fewer"], NotProven = [], ServerVersion = "15.18", Tables = 9, Rows = 100, Bytes = 1 << 20,
        Phases = [new RestorePhase("rows and indexes", TimeSpan.FromSeconds(41))],
    };
}
