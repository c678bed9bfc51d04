using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using Upkeep.Backups;
using Upkeep.Checking;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>What came of asking for a backup.</summary>
public abstract record BackupOutcome
{
    public sealed record Made(BackupManifest Manifest, string Folder) : BackupOutcome;

    /// <summary>The name can't be used; nothing was touched.</summary>
    public sealed record Misnamed(string Reason, string Hint) : BackupOutcome;

    /// <summary>A condition said no; nothing was touched.</summary>
    public sealed record Refused(string Reason, string Hint) : BackupOutcome;

    /// <summary>A run, or another that changes backups, holds the lock.</summary>
    public sealed record Locked(RunOutcome.Locked By) : BackupOutcome;

    /// <summary>It was begun and did not come to be; nothing of it is left.</summary>
    public sealed record Failed(Problem Problem) : BackupOutcome;
}

/// <summary>Takes a backup outside of any run.</summary>
/// <param name="tell">Hears what happens while it happens.</param>
public sealed partial class BackupMaking(Platform platform, Action<RunEvent> tell)
{
    /// <param name="name">Null for <c>manual-YYYYMMDD-HHMMSS</c> in the platform's time.</param>
    public async Task<BackupOutcome> RunAsync(string? name, StopSignal stop, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stop);
        var (configuration, doors) = (platform.Configuration, platform.Doors);
        name ??= $"manual-{Now().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        if (!Name().IsMatch(name))
            return new BackupOutcome.Misnamed($"\"{name}\" can't be the name of a backup.", "Use up to 100 letters, digits, - and _, and begin with a letter or digit: before-import-2");
        var store = new BackupStore(configuration.Backup.Folder);
        if (store.Exists(name))
            return new BackupOutcome.Misnamed($"There is a backup {store.Folder(name)} already.", "Choose another name; none is ever overwritten.");
        if (await ServerRequirements.BlockingAsync(doors.Database, cancellationToken) is { } blocking)
            return new BackupOutcome.Refused(blocking.What, blocking.Hint ?? "See: upkeep check");

        var (locks, held) = await RunLocks.TakeAsync(platform, "upkeep backup create", cancellationToken);
        if (locks is null)
            return new BackupOutcome.Locked(held!);
        await using (locks)
        {
            locks.Watch(doors.Time, stop, tell);
            return await MakeAsync(name, store, stop, cancellationToken);
        }
    }

    private async Task<BackupOutcome> MakeAsync(string name, BackupStore store, StopSignal stop, CancellationToken cancellationToken)
    {
        var doors = platform.Doors;
        var work = new StepDefinition { Id = "backup.create", Title = name, Kind = StepKind.Change };
        var started = doors.Time.GetTimestamp();
        tell(new RunEvent.StepBegan(work, 1, 1));
        // A dump has no safe point but its beginning: a stop ends it.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token);
        var request = new BackupRequest(name, null, (done, total, table) => tell(new RunEvent.StepMoved(new StepProgress(work.Id, done, total, "bytes", table))));
        var (manifest, problem) = await new BackupTaker(doors.Database, doors.Programs, platform.Configuration.Backup, doors.Time).TakeAsync(request, either.Token);
        var end = manifest is null ? new StepEnded(StepStatus.Failed, problem!.What, problem.What, null, UndoState.None) : new StepEnded(StepStatus.Succeeded, store.Folder(name), null, null, UndoState.None);
        tell(new RunEvent.StepFinished(work, end, doors.Time.GetElapsedTime(started), []));
        return manifest is null ? new BackupOutcome.Failed(problem! with { Hint = ForAgain(problem.Hint) }) : new BackupOutcome.Made(manifest, store.Folder(name));
    }

    // The engines speak to whoever runs the maintenance; here there is no run to go on with.
    private static string? ForAgain(string? hint) => hint?.Replace("upkeep run --resume", "upkeep backup create", StringComparison.Ordinal);

    private DateTimeOffset Now() =>
        Instant.FromDateTimeOffset(platform.Doors.Time.GetUtcNow()).InZone(DateTimeZoneProviders.Tzdb[platform.Configuration.Window.TimeZone]).ToDateTimeOffset();

    // No dots: what is unfinished in the store is told by its ending.
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
