using System.Globalization;
using System.Net;
using Npgsql;
using NodaTime;
using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Rollback.Swapping;
using Upkeep.Running;

namespace Upkeep.Rollback.Full;

/// <summary>Looks whether the whole database can be put back, before anything is done: backup, checksums, rights, room, obstacles.</summary>
internal sealed class FullRollbackCheck(RollbackDoors doors, UpkeepConfiguration configuration, TimeProvider time)
{
    private readonly BackupStore _store = new(configuration.Backup.Folder);

    /// <param name="running">The configured services that run now.</param>
    public async Task<Check<FullRollbackSurvey>> CheckAsync(IReadOnlyList<string> running, StepContext context, CancellationToken cancellationToken)
    {
        if (doors.Name == configuration.Rollback.MaintenanceDatabase)
            return Refused(new Problem($"{doors.Name} is both the platform's database and the one to be connected to while it is swapped.", "Name another one of the server under rollback: maintenanceDatabase, for example template1."));
        var (manifest, unusable) = await BackupAsync(context.Run, cancellationToken);
        if (manifest is null)
            return Refused(unusable!);
        await using var session = await doors.Live.OpenAsync(cancellationToken);
        var owner = await BackupOwner.OfAsync(session, cancellationToken);
        if (owner.IsOfAnotherServer(manifest))
        {
            return Refused(new Problem($"{manifest.Name} is a backup of a database {manifest.Database} on another server (system {manifest.Server}; the platform's database is on {owner.Server}). It is not swapped in; nothing was changed.",
                $"Where the platform moved here since, restore it beside the live database and look: upkeep backup restore {manifest.Name} --into OTHER. Where two platforms share {configuration.Backup.Folder}, give each its own folder."));
        }
        if (await RollbackRights.LackingAsync(session, cancellationToken) is { } lacking)
            return Refused(lacking);
        var (refusal, findings) = await Obstacles.FindAsync(session, cancellationToken);
        if (refusal is not null)
            return Refused(refusal);
        foreach (var finding in findings)
            context.Raise(finding.Severity, finding.Code, finding.Message, finding.Subject, finding.Hint);
        var free = await FreeAsync(cancellationToken);
        if (free < manifest.DatabaseBytes)
        {
            return Refused(new Problem($"The restored database may need {Amount.Bytes(manifest.DatabaseBytes)} beside the live one, and {Amount.Bytes(free.Value)} are free on the database server's disk.",
                "Make room there: the replaced database is kept until you drop it."));
        }
        if (free is null)
            context.Raise(Severity.Info, "disk-not-checked", "Not checked: the room on the database server's disk, which can't be seen from here.", null, $"It takes about {Amount.Bytes(manifest.DatabaseBytes)}.");
        return Due(manifest, await SurveyAsync(manifest, free, running, cancellationToken));
    }

    private async Task<FullRollbackSurvey> SurveyAsync(BackupManifest manifest, long? free, IReadOnlyList<string> running, CancellationToken cancellationToken)
    {
        var names = await DatabaseNames.ReadAsync(doors.Maintenance, cancellationToken);
        var today = Instant.FromDateTimeOffset(time.GetUtcNow()).InZone(DateTimeZoneProviders.Tzdb[configuration.Window.TimeZone]).Date.ToDateOnly();
        return new FullRollbackSurvey(manifest.Name, manifest.FinishedAt, doors.Name, names.Of(doors.Name)!.Value, names.Free(doors.Name, "restoring", today),
            names.Free(doors.Name, "replaced", today), manifest.DatabaseBytes, free, running);
    }

    private static Check<FullRollbackSurvey> Due(BackupManifest manifest, FullRollbackSurvey survey) => Check.Due(survey,
        $"would restore {manifest.Name} ({manifest.Rows().ToString("N0", CultureInfo.InvariantCulture)} rows, taken {manifest.FinishedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}Z) beside {survey.Database}, prove it, "
        + $"{(survey.Running.Count == 0 ? "" : $"stop {string.Join(", ", survey.Running)}, ")}swap it in, and keep the replaced database as {survey.Aside}");

    private async Task<(BackupManifest? Manifest, Problem? Problem)> BackupAsync(string run, CancellationToken cancellationToken)
    {
        var name = BackupName.Of(run);
        if (await _store.ReadManifestAsync(name, cancellationToken) is not { } manifest)
        {
            return (null, new Problem(_store.Exists(name) ? $"The backup {_store.Folder(name)} has no manifest that can be read, so nobody knows what is in it." : $"There is no backup {_store.Folder(name)}: {run} took none, or it has expired.",
                $"See what there is: upkeep backup list. What {run} changed can still be undone step by step: upkeep rollback {run}"));
        }
        if (manifest.Database != doors.Name)
            return (null, new Problem($"{name} is a backup of {manifest.Database}, and the platform's database is {doors.Name}.", "Check database.url."));
        var differences = await _store.CompareFilesAsync(manifest, cancellationToken);
        return differences.Count == 0 ? (manifest, null) : (null, new Problem(
            $"{name} is not as it was written: {string.Join("; ", differences.Take(5))}. It is not gone back to; nothing was changed.",
            $"Undo the run step by step (upkeep rollback {run}), or see whether an older backup holds: upkeep backup list"));
    }

    // A folder of the same path may exist on this machine and belong to another server.
    private async Task<long?> FreeAsync(CancellationToken cancellationToken)
    {
        var host = new NpgsqlConnectionStringBuilder(doors.Live.Settings.ConnectionString).Host;
        var local = host is null or "localhost" or ['/', ..] || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
        return local && (await DatabaseState.ReadAsync(doors.Live, cancellationToken)).DataFolder is { } folder && Directory.Exists(folder) ? DiskSpace.Of(folder)?.FreeBytes : null;
    }

    private static Check<FullRollbackSurvey> Refused(Problem problem) => Check.Refused<FullRollbackSurvey>(null, problem.What, problem.Hint);
}
