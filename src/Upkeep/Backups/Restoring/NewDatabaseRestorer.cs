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
public sealed class NewDatabaseRestorer(DatabaseDoor server, ProgramDoor door, BackupSettings settings, TimeProvider time)
{
    /// <param name="into">Name of the database, which must not be there.</param>
    /// <param name="moved">Hears how many bytes of how many are restored, and what is worked on.</param>
    public async Task<IntoOutcome> RestoreAsync(StoredBackup backup, string into, Action<long, long?, string?> moved, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(backup);
        ArgumentNullException.ThrowIfNull(moved);
        if (backup.Manifest is not { } manifest)
            return new IntoOutcome.NotBegun(new Problem($"{backup.Folder} has no manifest that can be read.", "Nobody knows what must come out of it."));
        if (manifest.Engine != BackupEngineName.PgDump)
        {
            return new IntoOutcome.NotBegun(new Problem($"{backup.Name} is a copy of a whole server, made by {Engines.BackupEngines.Program(manifest.Engine)}; no single database can be taken out of it into a server that runs.",
                "Prove it on a scratch server (upkeep backup verify), or go back to it whole (upkeep rollback --full)."));
        }
        var differences = await new BackupStore(settings.Folder).CompareFilesAsync(manifest, cancellationToken);
        if (differences.Count > 0)
            return new IntoOutcome.NotBegun(new Problem($"{backup.Name} is not what was written: {string.Join("; ", differences.Take(3))}.", "Take another backup: upkeep backup list"));
        return await IntoAsync(into, manifest.Traits, async (database, programs, environment) =>
        {
            var progress = new RestoreProgress(manifest.Files, (done, total, what) => moved(done, total, what));
            return await new PgRestore(door, programs).RunAsync(new PgRestoreRequest(Path.Combine(backup.Folder, BackupStore.DumpFolder), database.Part, environment, settings.Jobs)
            {
                Options = Options(database), Heard = progress.Hear,
            }, cancellationToken);
        }, ProofRequest.Of(manifest), cancellationToken);
    }

    /// <inheritdoc cref="RestoreAsync(StoredBackup, string, Action{long, long?, string?}, CancellationToken)"/>
    /// <param name="path">A backup that others made, in an archive format.</param>
    public async Task<IntoOutcome> RestoreAsync(string path, string into, Action<long, long?, string?> moved, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(moved);
        moved(0, null, "reading it to its end");
        var look = await new ForeignReader(door, settings, time).LookAsync(path, null, cancellationToken);
        if (look.Backup.State != ForeignState.Whole)
            return new IntoOutcome.NotBegun(new Problem($"{path} can't be restored: {look.Backup.Detail}.", "See: upkeep backup verify PATH"));
        if (look.Backup.Format == ForeignFormat.PlainSql)
        {
            return new IntoOutcome.NotBegun(new Problem($"{path} is SQL, which could do anything on the server it is run on; upkeep runs it on a scratch server only.",
                $"Prove it there (upkeep backup verify PATH). Who trusts it runs it by hand: createdb NAME && psql -d NAME -f FILE"));
        }
        return await IntoAsync(into, null, (database, programs, environment) =>
        {
            var archive = new ForeignArchive(door, programs, path, look.Backup.Format, look.Backup.Compression);
            return new PgRestore(door, programs).RunAsync(new PgRestoreRequest(path, database.Part, environment, look.Backup.Format == ForeignFormat.Tar ? 1 : settings.Jobs)
            {
                Options = Options(database), Input = archive.Input, Heard = line => moved(0, null, line),
            }, cancellationToken);
        }, new ProofRequest { Counts = look.Contents.Rows }, cancellationToken);
    }

    private static IReadOnlyList<string> Options(NewDatabase database) =>
        ["--no-tablespaces", "--no-subscriptions", .. database.IsSuperuser ? Array.Empty<string>() : ["--no-owner", "--no-privileges"]];

    private async Task<IntoOutcome> IntoAsync(string into, DatabaseTraits? traits,
        Func<NewDatabase, DumpPrograms, IReadOnlyDictionary<string, string?>, Task<Problem?>> fill, ProofRequest request, CancellationToken cancellationToken)
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
            if (await fill(database, programs, environment) is { } failed)
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
}
