using Upkeep.Backups.Engines;
using Upkeep.Backups.Foreign;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Restoring;

/// <summary>How a restore into a new database ended.</summary>
public abstract record IntoOutcome
{
    private IntoOutcome()
    {
    }

    /// <summary>The database is there; what was found in it.</summary>
    public sealed record Restored(ProofFindings Findings) : IntoOutcome;

    /// <summary>Nothing was made or changed on the server.</summary>
    public sealed record NotBegun(Problem Problem) : IntoOutcome;

    /// <summary>It went wrong on the way; nothing is left of it.</summary>
    public sealed record Failed(Problem Problem) : IntoOutcome;
}

/// <summary>Restores a backup into a new database on the configured server, beside all that is there.</summary>
/// <param name="root">The platform's root.</param>
public sealed class NewDatabaseRestorer(DatabaseDoor server, ProgramDoor door, BackupSettings settings, string root, TimeProvider time)
{
    private static readonly string[] _common = ["--no-tablespaces", "--no-subscriptions"];
    private static readonly string[] _noRoles = ["--no-owner", "--no-privileges"];

    private ScratchDump Scratch { get; } = new(door, settings, root);

    /// <param name="into">Name of the database, which must not be there.</param>
    /// <param name="moved">Hears how many bytes of how many are restored, and what is worked on.</param>
    public async Task<IntoOutcome> RestoreAsync(StoredBackup backup, string into, Action<long, long?, string?> moved, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(backup);
        ArgumentNullException.ThrowIfNull(moved);
        if (backup.Manifest is not { } manifest)
            return new IntoOutcome.NotBegun(new Problem($"{backup.Folder} has no manifest that can be read.", "Nobody knows what must come out of it."));
        var differences = await new BackupStore(settings.Folder).CompareFilesAsync(manifest, cancellationToken);
        if (differences.Count > 0)
            return new IntoOutcome.Failed(new Problem($"{backup.Name} is not what was written: {string.Join("; ", differences.Take(3))}.", "Take another backup: upkeep backup list"));
        if (manifest.Engine == BackupEngineName.PgDump)
        {
            var progress = new RestoreProgress(manifest.Files, (done, total, what) => moved(done, total, what));
            return await IntoAsync(into, manifest.Traits, target => LoadAsync(target, Path.Combine(backup.Folder, BackupStore.DumpFolder), Options(target.Database), progress.Hear, cancellationToken),
                ProofRequest.Of(manifest), cancellationToken);
        }
        var engine = BackupEngines.Of(manifest.Engine, server, door, settings, time);
        return await IntoAsync(into, manifest.Traits, target => Scratch.UseAsync(manifest.RestoredBytes() + manifest.DatabaseBytes,
            scratch => engine.RestoreAsync(manifest, backup.Folder, new RestoreRequest(scratch, (done, total, what) => moved(done, total, what)), cancellationToken),
            dump => LoadAsync(target, dump, Options(target.Database), line => moved(0, null, line), cancellationToken), cancellationToken), ProofRequest.Of(manifest), cancellationToken);
    }

    /// <inheritdoc cref="RestoreAsync(StoredBackup, string, Action{long, long?, string?}, CancellationToken)"/>
    /// <param name="path">A backup that others made.</param>
    public async Task<IntoOutcome> RestoreAsync(string path, string into, Action<long, long?, string?> moved, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(moved);
        moved(0, null, "reading it to its end");
        var look = await new ForeignReader(door, settings, time).LookAsync(path, null, cancellationToken);
        if (look.Backup.State != ForeignState.Whole)
            return new IntoOutcome.Failed(new Problem($"{path} can't be restored: {look.Backup.Detail}.", "See: upkeep backup verify PATH"));
        if (look.Backup.Format == ForeignFormat.PlainSql)
            return await SqlAsync(look, into, moved, cancellationToken);
        return await IntoAsync(into, null, target =>
        {
            var archive = new ForeignArchive(door, target.Programs, path, look.Backup.Format, look.Backup.Compression);
            return new PgRestore(door, target.Programs).RunAsync(new PgRestoreRequest(path, target.Database.Part, target.Environment, look.Backup.Format == ForeignFormat.Tar ? 1 : settings.Jobs)
            {
                Options = Options(target.Database), Input = archive.Input, Heard = line => moved(0, null, line),
            }, cancellationToken);
        }, new ProofRequest { Counts = look.Contents.Rows }, cancellationToken);
    }

    // SQL could do anything on the server that runs it: it is run on a scratch server by a role that may do nothing else, and what came of it is dumped.
    private async Task<IntoOutcome> SqlAsync(ForeignLook look, string into, Action<long, long?, string?> moved, CancellationToken cancellationToken)
    {
        var expected = await ForeignExpectation.AsFarAsKnownAsync(server, cancellationToken);
        return await IntoAsync(into, null, target => Scratch.UseAsync(2 * RestoreTester.Estimate(look.Backup),
            scratch => new ForeignRestorer(door, settings, time).RestoreAsync(look, expected, new RestoreRequest(scratch, (done, total, what) => moved(done, total, what)), cancellationToken),
            dump => LoadAsync(target, dump, [.. _common, .. _noRoles], line => moved(0, null, line), cancellationToken), cancellationToken),
            new ProofRequest { Counts = look.Contents.Rows, NotProven = [.. ForeignRestorer.LeftOut(look.Contents)] }, cancellationToken);
    }

    private Task<Problem?> LoadAsync(Target target, string dump, IReadOnlyList<string> options, Action<string> heard, CancellationToken cancellationToken) =>
        new PgRestore(door, target.Programs).RunAsync(new PgRestoreRequest(dump, target.Database.Part, target.Environment, settings.Jobs) { Options = options, Heard = heard }, cancellationToken);

    private static IReadOnlyList<string> Options(NewDatabase database) =>
        [.. _common, .. database.IsSuperuser ? Array.Empty<string>() : _noRoles];

    private async Task<IntoOutcome> IntoAsync(string into, DatabaseTraits? traits, Func<Target, Task<Problem?>> fill, ProofRequest request, CancellationToken cancellationToken)
    {
        var (programs, missing) = await DumpPrograms.FindAsync(door, settings.ProgramFolder, 0, cancellationToken);
        if (programs is null)
            return new IntoOutcome.NotBegun(missing!);
        var (database, problem) = await NewDatabase.CreateAsync(server, into, traits, cancellationToken);
        if (database is null)
            return new IntoOutcome.NotBegun(problem!);
        var whole = false;
        try
        {
            IReadOnlyDictionary<string, string?> environment;
            await using (var connection = await database.Door.OpenAsync(cancellationToken))
                environment = LibpqEnvironment.For(database.Door.Settings, connection, DatabaseDoor.ApplicationName);
            if (await fill(new Target(database, programs, environment)) is { } failed)
                return new IntoOutcome.Failed(failed with { What = $"Nothing was restored, and the unfinished database was removed: {failed.What}" });
            var found = await RestoreProver.LikeManifestAsync(database.Door, request, settings.Jobs, null, cancellationToken);
            await database.FinishAsync(cancellationToken);
            whole = true;
            return new IntoOutcome.Restored(RestoreProver.Compared(request, found));
        }
        finally
        {
            // Also where we were cancelled: nobody else will.
            if (!whole)
                await database.DropAsync(CancellationToken.None);
        }
    }

    /// <summary>The new database while it is filled.</summary>
    private sealed record Target(NewDatabase Database, DumpPrograms Programs, IReadOnlyDictionary<string, string?> Environment);
}
