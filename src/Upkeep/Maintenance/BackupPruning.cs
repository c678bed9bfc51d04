using NodaTime;
using Upkeep.Backups;
using Upkeep.Backups.Engines;
using Upkeep.Backups.Pruning;
using Upkeep.Configuration;
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
    private const string Unmanifested = "its backup was cut off and has no manifest";

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
        decision = await WithoutNeededAsync(decision, cancellationToken);
        var leftovers = await new StoreRemains(configuration.Backup.Folder).ListAsync(cancellationToken);
        var orphans = await Engine(configuration.Backup.Engine).OrphansAsync(cancellationToken);
        var dead = leftovers.Where(leftover => leftover.ProofOfDeath is not null);
        return new PruneOutcome.Decided(decision,
            [.. dead.Select(leftover => new Pruned(leftover.Name, true, leftover.ProofOfDeath!, null)), .. orphans.Select(orphan => new Pruned(orphan, true, Unmanifested, null)), .. decision.Expire.Select(verdict => new Pruned(verdict.Backup.Name, false, verdict.Reasons[0], null))],
            [.. leftovers.Where(leftover => leftover.ProofOfDeath is null)], DryRun: true);
    }

    // One that others are differences to can't go before them.
    private async Task<PruneDecision> WithoutNeededAsync(PruneDecision decision, CancellationToken cancellationToken)
    {
        var (keep, expire) = (decision.Keep.ToList(), new List<PruneVerdict>());
        foreach (var verdict in decision.Expire)
        {
            var manifest = verdict.Backup.Manifest!;
            var dependents = await Engine(manifest.Engine).DependentsAsync(manifest, cancellationToken);
            if (dependents.Count == 0)
                expire.Add(verdict);
            else
                keep.Add(verdict with { Reasons = [$"{string.Join(", ", dependents)} can't be restored without it"] });
        }
        return new PruneDecision(keep, expire);
    }

    private IBackupEngine Engine(BackupEngineName engine) =>
        BackupEngines.Of(engine, platform.Doors.Database, platform.Doors.Programs, platform.Configuration.Backup, platform.Doors.Time);

    private async Task<IReadOnlyList<Pruned>> RemoveAsync(PruneOutcome.Decided looked, StopSignal stop, CancellationToken cancellationToken)
    {
        var configuration = platform.Configuration;
        var pruner = new Pruner(configuration.Backup.Folder, Engine);
        var removed = new List<Pruned>();
        var leftovers = (await new StoreRemains(configuration.Backup.Folder).ListAsync(cancellationToken)).Where(leftover => leftover.ProofOfDeath is not null);
        foreach (var leftover in leftovers)
        {
            if (stop.IsRequested)
                return removed;
            tell(new RunEvent.Noticed($"Removing what was left of {leftover.Name}: {leftover.ProofOfDeath}."));
            removed.Add(new Pruned(leftover.Name, true, leftover.ProofOfDeath!, await pruner.ClearAsync(leftover, cancellationToken)));
        }
        foreach (var orphan in looked.Removed.Where(one => one.Why == Unmanifested))
        {
            if (stop.IsRequested)
                return removed;
            tell(new RunEvent.Noticed($"Removing {orphan.Name} from the repository: {Unmanifested}."));
            removed.Add(orphan with { Problem = await Engine(configuration.Backup.Engine).ClearAsync(orphan.Name, cancellationToken) });
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
