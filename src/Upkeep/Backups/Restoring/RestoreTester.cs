using Upkeep.Backups.Engines;
using Upkeep.Backups.Foreign;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Restoring;

/// <summary>What a restore test came to. Either a problem kept it from being made, or there is a proof that holds or doesn't.</summary>
public sealed record RestoreTest
{
    /// <summary>The running copy, which is the caller's; null where nothing was restored.</summary>
    public RestoredCopy? Copy { get; init; }

    public ProvenRestore? Proven { get; init; }

    /// <summary>What a backup that others made is; null for one of ours.</summary>
    public ForeignLook? Look { get; init; }

    /// <summary>Why nothing was restored, or null.</summary>
    public Problem? Problem { get; init; }

    public static RestoreTest Failed(Problem problem) => new() { Problem = problem };
}

/// <summary>Restores a backup of ours on a scratch server, proves the copy, and writes the proof beside the manifest.</summary>
/// <param name="root">The platform's root.</param>
public sealed class RestoreTester(DatabaseDoor database, ProgramDoor door, BackupSettings settings, string root, TimeProvider time)
{
    private const int MostNamed = 5;

    private readonly BackupStore _store = new(settings.Folder);

    /// <summary>Where the scratch servers live.</summary>
    public ScratchFolders Scratch { get; } = new(door, settings.Restore, root);

    /// <param name="moved">Hears how far it is: bytes done, of how many (null for what can't be told in bytes), and what is worked on.</param>
    public async Task<RestoreTest> TestAsync(StoredBackup backup, Action<long, long?, string?> moved, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(backup);
        ArgumentNullException.ThrowIfNull(moved);
        if (backup.Manifest is not { } manifest)
            return RestoreTest.Failed(new Problem($"{backup.Folder} has no manifest that can be read.", "Nobody knows what must come out of it. Take another: upkeep backup create"));
        moved(0, null, "checksums");
        if (await ChecksumsAsync(manifest, cancellationToken) is { } damaged)
            return RestoreTest.Failed(damaged);

        var (folder, noRoom) = await Scratch.NewAsync(manifest.RestoredBytes(), cancellationToken);
        if (folder is null)
            return RestoreTest.Failed(noRoom!);
        var engine = BackupEngines.Of(manifest.Engine, database, door, settings, time);
        var (copy, problem) = await engine.RestoreAsync(manifest, backup.Folder, new RestoreRequest(folder, (done, total, what) => moved(done, total, what)), cancellationToken);
        if (copy is null)
            return RestoreTest.Failed(problem!);
        return await ProveAsync(copy, ProofRequest.Of(manifest) with { Moved = what => moved(0, null, what) }, async proven =>
        {
            if (await _store.ManifestSha256Async(backup.Name, cancellationToken) is { } sha256)
                await _store.WriteProofAsync(backup.Name, proven.ToProof(sha256, time.GetUtcNow()), cancellationToken);
        }, cancellationToken);
    }

    /// <summary>The same for a backup that others made: read to its end first, and held against what it says of itself.</summary>
    public async Task<RestoreTest> TestAsync(string path, Action<long, long?, string?> moved, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(moved);
        moved(0, null, "reading it to its end");
        var expected = await ForeignExpectation.AsFarAsKnownAsync(database, cancellationToken);
        var look = await new ForeignReader(door, settings, time).LookAsync(path, expected, cancellationToken);
        if (look.Backup.State != ForeignState.Whole)
            return RestoreTest.Failed(Unusable(look.Backup)) with { Look = look };
        var (folder, noRoom) = await Scratch.NewAsync(Estimate(look.Backup), cancellationToken);
        if (folder is null)
            return RestoreTest.Failed(noRoom!) with { Look = look };
        var (copy, problem) = await new ForeignRestorer(door, settings, time).RestoreAsync(look, expected, new RestoreRequest(folder, (done, total, what) => moved(done, total, what)), cancellationToken);
        if (copy is null)
            return RestoreTest.Failed(problem!) with { Look = look };
        var request = new ProofRequest { Counts = look.Contents.Rows, NotProven = [.. ForeignRestorer.LeftOut(look.Contents), .. Unasked(expected)], Moved = what => moved(0, null, what) };
        return await ProveAsync(copy, request, _ => Task.CompletedTask, cancellationToken) with { Look = look };
    }

    private static IEnumerable<string> Unasked(ForeignExpectation expected) =>
        expected.Tables is null ? [$"{expected.Database} itself can't be reached, so nobody could ask which tables it has"] : [];

    // Packed text shrinks to a tenth where it is very regular.
    internal static long Estimate(ForeignBackup backup) =>
        backup.Bytes * (backup is { Format: ForeignFormat.PlainSql or ForeignFormat.Tar, Compression: ForeignCompression.None } ? 2 : 10);

    private static Problem Unusable(ForeignBackup backup) => backup.State switch
    {
        ForeignState.Empty => new Problem($"{backup.Path} is empty: {backup.Detail}.", "Look at the log of whatever makes these backups: it wrote nothing, and perhaps nobody noticed."),
        ForeignState.Truncated => new Problem($"{backup.Path} is cut off: {backup.Detail}.", "Its disk was full, its maker was killed, or it is still being written. Take another."),
        ForeignState.OtherDatabase => new Problem($"{backup.Path} is of another database: {backup.Detail}.", "Look whether the wrong database is backed up, or the wrong folder is named under backup: expected: folders."),
        ForeignState.NotABackup => new Problem($"{backup.Path} is no backup of PostgreSQL: {backup.Detail}.", "Name another file or folder."),
        _ => new Problem($"{backup.Path} is corrupt: {backup.Detail}.", "The disk lost or changed something: check it (dmesg, smartctl), and take another backup."),
    };

    /// <summary>Compares a backup's files with its manifest; damage is written down as a proof that doesn't hold.</summary>
    public async Task<Problem?> ChecksumsAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var differences = await _store.CompareFilesAsync(manifest, cancellationToken);
        if (differences.Count == 0)
            return null;
        if (await _store.ManifestSha256Async(manifest.Name, cancellationToken) is { } sha256)
        {
            await _store.WriteProofAsync(manifest.Name, new RestoreProof
            {
                ManifestSha256 = sha256, At = time.GetUtcNow(), Holds = false, Problems = differences, NotProven = [], ServerVersion = manifest.ServerVersion,
                Tables = 0, Rows = 0, Bytes = 0, Phases = [],
            }, cancellationToken);
        }
        return new Problem($"{manifest.Name} is not what was written: {string.Join("; ", differences.Take(MostNamed))}{(differences.Count > MostNamed ? $" and {differences.Count - MostNamed} more" : "")}.",
            "The disk lost or changed something: check it (dmesg, smartctl), and take another: upkeep backup create");
    }

    /// <summary>Proves a copy, which goes with any trouble on the way.</summary>
    /// <param name="keep">Writes down what was proven.</param>
    internal async Task<RestoreTest> ProveAsync(RestoredCopy copy, ProofRequest request, Func<ProvenRestore, Task> keep, CancellationToken cancellationToken)
    {
        var done = false;
        try
        {
            var proven = await new RestoreProver(door, settings, time).ProveAsync(copy, request, cancellationToken);
            await keep(proven);
            done = true;
            return new RestoreTest { Copy = copy, Proven = proven };
        }
        catch (Exception problem) when (ScratchProblems.IsKnown(problem) && !cancellationToken.IsCancellationRequested)
        {
            return RestoreTest.Failed(ScratchProblems.Explain(problem, copy.Cluster.Folder));
        }
        finally
        {
            if (!done)
                await copy.DisposeAsync();
        }
    }
}
