using System.Globalization;
using Upkeep.Backups;
using Upkeep.Backups.Engines;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Rollback.Rehearsal;

/// <summary>How a rehearsal went.</summary>
/// <param name="DowntimeMs">From the first ended session to the commit; null where it didn't come to that.</param>
/// <param name="ClientGapMs">The longest time that a client in the database got no answer.</param>
/// <param name="NotRehearsed">What no table took: kinds of rows, in words.</param>
/// <param name="Problems">What was not as it should be; empty where all went well.</param>
public sealed record RehearsalSurvey(string Backup, double? DowntimeMs, double? ClientGapMs, IReadOnlyList<string> NotRehearsed, IReadOnlyList<string> Problems, string Phases);

/// <summary>A rollback nobody has tried is none: rehearses a full one on a scratch server, with the restore test's copy where that left one.</summary>
public sealed class RehearsalStep(DatabaseDoor database, ProgramDoor programs, ScratchShelf shelf, UpkeepConfiguration configuration, TimeProvider time) : InspectStep<RehearsalSurvey>
{
    public const string Id = "rollback.rehearsal";

    private readonly BackupStore _store = new(configuration.Backup.Folder);

    public override StepDefinition Definition { get; } = new()
    {
        Id = Id,
        Title = "Full rollback rehearsed",
        Kind = StepKind.Verify,
        After = ["preparation.backup", "backups.restore-test"],
        Priority = 4,
        Deadline = TimeSpan.FromHours(2),
        WorkMeasure = "database_bytes",
    };

    public override async Task<Check<RehearsalSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var found = await ManifestAsync(context.Run, cancellationToken);
        // A plan looks before the run has taken its backup.
        if (found is null && !Directory.Exists(context.Folder))
            return Check.Looked(new RehearsalSurvey("", null, null, [], [], ""), "would rehearse a full rollback to the backup that the run takes; there is none yet");
        if (found is not { } manifest)
            return Check.Skipped<RehearsalSurvey>($"there is no backup with a manifest in {configuration.Backup.Folder}", "Take one: upkeep backup create");
        context.Before("database_bytes", manifest.DatabaseBytes, "bytes");
        // In a plan and in a dry run there is no folder: then nothing is made.
        if (!Directory.Exists(context.Folder))
            return Check.Looked(new RehearsalSurvey(manifest.Name, null, null, [], [], ""), $"would rehearse a full rollback to {manifest.Name} on a scratch server");
        // There is no safe point on the way: a stop ends it, and it is rehearsed anew.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.Stop.Token);
        var (copy, problem, roomless) = await CopyAsync(manifest, context, either.Token);
        if (copy is null)
            return roomless ? Check.Skipped<RehearsalSurvey>(problem!.What, problem.Hint) : Check.Failed<RehearsalSurvey>(null, problem!.What, problem.Hint);
        await using (copy)
        {
            return DiskSpace.Of(copy.Cluster.Folder) is { } space && space.FreeBytes < manifest.DatabaseBytes
                ? Check.Skipped<RehearsalSurvey>($"a stand-in for the live database may need {Amount.Bytes(manifest.DatabaseBytes)}, and {Amount.Bytes(space.FreeBytes)} are free in {space.Path}", "Free space there, or name a folder on a larger disk under backup: restore: folder.")
                : Told(await new RehearsalRun(copy, manifest, configuration, context, time).RunAsync(either.Token), context);
        }
    }

    private static Check<RehearsalSurvey> Told(RehearsalSurvey survey, StepContext context)
    {
        if (survey.DowntimeMs is { } downtime)
            context.Before("swap_downtime", downtime, "ms");
        if (survey.ClientGapMs is { } gap)
            context.Before("client_gap", gap, "ms");
        if (survey.NotRehearsed.Count > 0)
            context.Raise(Severity.Info, "not-all-rehearsed", $"No table took {string.Join(", ", survey.NotRehearsed)}: finding and carrying over {(survey.NotRehearsed.Count == 1 ? "it" : "them")} was not rehearsed.", null);
        return survey.Problems.Count == 0
            ? Check.Looked(survey, string.Create(CultureInfo.InvariantCulture, $"swapped to {survey.Backup} and back: nobody could work for {survey.DowntimeMs:0} ms, a client waited {survey.ClientGapMs:0} ms; rows found, carried over and proven ({survey.Phases})"))
            : Check.Failed(survey, $"The rehearsal of a full rollback went wrong: {string.Join("; ", survey.Problems.Take(3))}", "Don't rely on a full rollback before this is understood; production was not touched. Repeat it: upkeep rollback --rehearse");
    }

    // This run's own backup, else the newest of this database.
    private async Task<BackupManifest?> ManifestAsync(string run, CancellationToken cancellationToken) =>
        await _store.ReadManifestAsync(BackupName.Of(run), cancellationToken) ?? (await _store.NewestAsync(await BackupOwner.AsFarAsKnownAsync(database, cancellationToken), cancellationToken))?.Manifest;

    private async Task<(RestoredCopy? Copy, Problem? Problem, bool Roomless)> CopyAsync(BackupManifest manifest, StepContext context, CancellationToken cancellationToken)
    {
        if (await shelf.TakeAsync(manifest.Name) is { } left)
            return (left, null, false);
        // Twice, for the stand-in is as large as the restored one.
        var (folder, problem) = await new ScratchFolders(programs, configuration.Backup.Restore, configuration.Root).NewAsync(manifest.RestoredBytes() + manifest.DatabaseBytes, cancellationToken);
        if (folder is null)
            return (null, problem, true);
        var engine = BackupEngines.Of(manifest.Engine, database, programs, configuration.Backup, time);
        var (copy, unrestored) = await engine.RestoreAsync(manifest, _store.Folder(manifest.Name), new RestoreRequest(folder, (done, total, what) => context.Progress(done, total, "bytes", what)), cancellationToken);
        return (copy, unrestored, false);
    }
}
