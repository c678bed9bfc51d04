using NodaTime;
using Upkeep.Backups;
using Upkeep.Backups.Engines;
using Upkeep.Backups.Pruning;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>What came of asking to prune.</summary>
public abstract record PruneOutcome
{
    /// <summary>It was decided, and done unless asked for a look only.</summary>
    public sealed record Decided(PruneDecision Decision, IReadOnlyList<Pruned> Removed, IReadOnlyList<Leftover> LeftAlone, bool DryRun) : PruneOutcome;

    /// <summary>A run, or another that changes backups, holds the lock.</summary>
    public sealed record Locked(RunOutcome.Locked By) : PruneOutcome;
}

/// <summary>Something that was removed, or would have been.</summary>
/// <param name="Why">Why it goes, in words.</param>
/// <param name="Problem">What kept it from going, or null.</param>
public sealed record Pruned(string Name, bool IsLeftover, string Why, Problem? Problem);

/// <summary>Removes the backups that may expire, and what dead attempts left.</summary>
/// <param name="tell">Hears what happens while it happens.</param>
public sealed class BackupPruning(Platform platform, Action<RunEvent> tell)
{
    public async Task<PruneOutcome> RunAsync(bool dryRun, StopSignal stop, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stop);
        if (dryRun)
            return await LookAsync(cancellationToken);
        var (locks, held) = await RunLocks.TakeAsync(platform, "upkeep backup prune", cancellationToken);
        if (locks is null)
            return new PruneOutcome.Locked(held!);
        await using (locks)
        {
            locks.Watch(platform.Doors.Time, stop, tell);
            var looked = await LookAsync(cancellationToken);
            return looked with { DryRun = false, Removed = await RemoveAsync(looked, stop, cancellationToken) };
        }
    }

    // Under the lock every run is at rest, so that what it still needs is known.
    private async Task<PruneOutcome.Decided> LookAsync(CancellationToken cancellationToken)
    {
        var configuration = platform.Configuration;
        var past = BackupHistory.ReadIfAny(configuration, platform.Doors);
        var decision = PrunePolicy.Decide(new PruneRequest(await new BackupStore(configuration.Backup.Folder).ListAsync(cancellationToken), configuration.Backup.Keep,
            await BackupOwner.AsFarAsKnownAsync(platform.Doors.Database, cancellationToken), past.Held, platform.Doors.Time.GetUtcNow(), DateTimeZoneProviders.Tzdb[configuration.Window.TimeZone]));
        var leftovers = await new StoreRemains(configuration.Backup.Folder).ListAsync(cancellationToken);
        var dead = leftovers.Where(leftover => leftover.ProofOfDeath is not null);
        return new PruneOutcome.Decided(decision,
            [.. dead.Select(leftover => new Pruned(leftover.Name, true, leftover.ProofOfDeath!, null)), .. decision.Expire.Select(verdict => new Pruned(verdict.Backup.Name, false, verdict.Reasons[0], null))],
            [.. leftovers.Where(leftover => leftover.ProofOfDeath is null)], DryRun: true);
    }

    private async Task<IReadOnlyList<Pruned>> RemoveAsync(PruneOutcome.Decided looked, StopSignal stop, CancellationToken cancellationToken)
    {
        var (configuration, doors) = (platform.Configuration, platform.Doors);
        var pruner = new Pruner(configuration.Backup.Folder, engine => BackupEngines.Of(engine, doors.Database, doors.Programs, configuration.Backup, doors.Time));
        var removed = new List<Pruned>();
        var leftovers = (await new StoreRemains(configuration.Backup.Folder).ListAsync(cancellationToken)).Where(leftover => leftover.ProofOfDeath is not null);
        foreach (var leftover in leftovers)
        {
            if (stop.IsRequested)
                return removed;
            tell(new RunEvent.Noticed($"Removing what was left of {leftover.Name}: {leftover.ProofOfDeath}."));
            removed.Add(new Pruned(leftover.Name, true, leftover.ProofOfDeath!, await pruner.ClearAsync(leftover, cancellationToken)));
        }
        // The oldest first: an interruption leaves the newer ones.
        foreach (var verdict in looked.Decision.Expire)
        {
            if (stop.IsRequested)
                return removed;
            tell(new RunEvent.Noticed($"Removing {verdict.Backup.Name}: {verdict.Reasons[0]}."));
            removed.Add(new Pruned(verdict.Backup.Name, false, verdict.Reasons[0], await pruner.RemoveAsync(verdict.Backup, cancellationToken)));
        }
        return removed;
    }
}
