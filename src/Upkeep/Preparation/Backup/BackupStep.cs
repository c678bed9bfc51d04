using System.Globalization;
using System.Text.Json;
using Upkeep.Backups;
using Upkeep.Backups.Engines;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Preparation.Backup;

/// <summary>The full backup that a rollback goes back to, with a manifest that says what must come out of it again.</summary>
public sealed class BackupStep(DatabaseDoor database, ProgramDoor programs, BackupSettings settings, TimeProvider time)
    : ChangeStep<BackupSurvey, BackupEffect>
{
    private const string NoWayBack = "A backup is what a rollback goes back to; it is kept. Who no longer needs it removes its folder.";

    private readonly BackupStore _store = new(settings.Folder);

    private IBackupEngine Engine => BackupEngines.Of(settings.Engine, database, programs, settings, time);

    public override StepDefinition Definition { get; } = new()
    {
        Id = "preparation.backup",
        Title = "Full backup before the maintenance",
        Kind = StepKind.Change,
        Priority = 1,
        Deadline = TimeSpan.FromHours(2),
        BeforeWindow = true,
        WorkMeasure = "database_bytes",
    };

    public override async Task<Check<BackupSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var name = BackupName.Of(context.Run);
        await using var connection = await database.OpenAsync(cancellationToken);
        var engine = await Engine.FindAsync(connection, cancellationToken);
        if (engine.Lacking is [var lacking, ..])
            return Check.Failed<BackupSurvey>(null, lacking.What, lacking.Hint);

        if (DiskSpace.Of(settings.Folder) is not { } space)
            return Check.Failed<BackupSurvey>(null, $"The room in {settings.Folder} can't be asked for: there is no way to it for this user.", "Give the user rights on the way to it, or name another folder under backup: folder.");

        var survey = new BackupSurvey(name, connection.Database, connection.PostgreSqlVersion.ToString(), engine.Tools,
            await connection.ScalarAsync<long>("select pg_database_size(current_database())", cancellationToken),
            space.FreeBytes, (await DigestScope.ReadAsync(connection, cancellationToken)).Tables.Count);
        context.Before("database_bytes", survey.DatabaseBytes, "bytes");
        context.Before("free_bytes", survey.FreeBytes, "bytes");
        if (_store.Exists(name))
        {
            return Check.Refused(survey, $"There is a backup {_store.Folder(name)} already, and it isn't this run's.",
                "Another journal or another platform uses the same folder. Move it aside, or name another folder under backup: folder.");
        }
        var needed = await BackupRoom.OfBackupAsync(connection, settings.Engine, survey.DatabaseBytes, cancellationToken);
        return survey.FreeBytes < needed
            ? Check.Refused(survey, $"The backup may need {Amount.Bytes(needed)}, and {Amount.Bytes(survey.FreeBytes)} are free in {settings.Folder}.",
                "Free space there, or name a folder on a larger disk under backup: folder.")
            : Check.Due(survey, $"would {(settings.Engine == BackupEngineName.PgDump ? "dump" : $"copy the whole server with {settings.Engine.Program()} and digest")} {Counted.Of(survey.Tables, "table")} of {survey.Database} ({Amount.Bytes(survey.DatabaseBytes)}) to {_store.Folder(name)}; {Amount.Bytes(survey.FreeBytes)} are free");
    }

    public override async Task<Act<BackupEffect>> ActAsync(BackupSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        if (_store.Exists(survey.Name))
            return await KeepAsync(survey, context, cancellationToken);

        var started = time.GetTimestamp();
        var request = new BackupRequest(survey.Name, context.Run, (done, total, table) => context.Progress(done, total, "bytes", table));
        // A dump has no safe point but its beginning: a stop ends it, and it is taken anew on resume.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.Stop.Token);
        BackupManifest? manifest;
        Problem? problem;
        try
        {
            (manifest, problem) = await new BackupTaker(database, programs, settings, time).TakeAsync(request, either.Token);
        }
        catch (OperationCanceledException) when (context.Stop.IsRequested && !cancellationToken.IsCancellationRequested)
        {
            var nothing = new BackupEffect(survey.Name, _store.Folder(survey.Name), 0, 0, 0, "");
            return Act.StoppedAfter(nothing, "the unfinished backup was removed", UndoState.None, NoWayBack, context.Stop.Reason!);
        }
        if (manifest is null)
            return Act.Failed<BackupEffect>(null, problem!.What, problem.Hint);
        return await DoneAsync(manifest, $"in {time.GetElapsedTime(started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s", context, cancellationToken);
    }

    public override async Task<Proof> VerifyAsync(BackupSurvey survey, BackupEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        if (await _store.ReadManifestAsync(effect.Name, cancellationToken) is not { } manifest)
            return Proof.Missing($"{_store.Folder(effect.Name)} has no manifest that can be read.", "Move the folder aside and take another: upkeep run --resume");
        var differences = await _store.CompareFilesAsync(manifest, cancellationToken);
        if (differences.Count > 0)
            return Proof.Missing($"{effect.Name}: {string.Join("; ", differences.Take(5))}.", "The disk lost or changed something. Check it, move the folder aside and take another: upkeep run --resume");

        // The engine that made it reads it back, whatever the configuration names by now.
        var read = await BackupEngines.Of(manifest.Engine, database, programs, settings, time).ReadBackAsync(manifest, _store.Folder(effect.Name), cancellationToken);
        if (!read.Holds)
            return read;
        context.After("backup_bytes", manifest.Bytes(), "bytes");
        context.After("backup_rows", manifest.Rows(), "rows");
        context.After("backup_tables", manifest.Content.Tables.Count, "count");
        context.After("backup_seconds", (manifest.FinishedAt - manifest.StartedAt).TotalSeconds, "seconds");
        return Proof.That($"{Counted.Of(manifest.Files.Count, "file matches its checksum", "files match their checksums")}, and {read.Summary}");
    }

    public override Task<Proof> UndoAsync(BackupEffect effect, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(Proof.Missing("A backup is not undone.", NoWayBack));

    // Renamed before the journal heard of it: the process died in between. Verification looks at every byte of it either way.
    private async Task<Act<BackupEffect>> KeepAsync(BackupSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        var manifest = await _store.ReadManifestAsync(survey.Name, cancellationToken);
        if (manifest is null || manifest.Run != context.Run)
            return Act.Failed<BackupEffect>(null, $"{_store.Folder(survey.Name)} is there and is no backup of this run.", "Move it aside, then: upkeep run --resume");
        // Another platform's run on the same day has the same name.
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await BackupOwner.OfAsync(connection, cancellationToken)).NotOf(manifest) is { } why
            ? Act.Failed<BackupEffect>(null, $"{_store.Folder(survey.Name)} is there and is no backup of this run: {why}.", "Move it aside and give each platform a folder of its own (backup: folder), then: upkeep run --resume")
            : await DoneAsync(manifest, "before the interruption, and kept", context, cancellationToken);
    }

    private async Task<Act<BackupEffect>> DoneAsync(BackupManifest manifest, string how, StepContext context, CancellationToken cancellationToken)
    {
        var artifact = await RunFolder.WriteAsync(context.Folder, "preparation/backup-manifest.json", "application/json",
            JsonSerializer.Serialize(manifest, BackupManifest.Json), cancellationToken);
        context.Attach(artifact);
        if (manifest.Point is { Exact: false })
        {
            context.Raise(Severity.Info, "backup-not-quiet", $"No quiet instant was found for {manifest.Name}: transactions were under way all the time, so a restored copy may differ from its digests by what they wrote.",
                manifest.Name);
        }
        foreach (var left in manifest.Content.NotCovered)
            context.Raise(Severity.Info, "digest-not-covered", $"{left.What} has no content digest: {left.Reason}.", left.What);
        var effect = new BackupEffect(manifest.Name, _store.Folder(manifest.Name), manifest.Bytes(), manifest.Rows(), manifest.Content.Tables.Count, artifact.Sha256);
        return Act.Done(effect, $"{manifest.Name}: {effect.Rows.ToString("N0", CultureInfo.InvariantCulture)} rows of {Counted.Of(effect.Tables, "table")} in {Amount.Bytes(effect.Bytes)}, {how}",
            UndoState.None, NoWayBack);
    }
}
