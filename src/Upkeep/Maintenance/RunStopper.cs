using System.Globalization;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>
/// Stops the run that holds the lock, so that it can be rolled back: SIGTERM to exactly the process that the lock names, which stops at its next
/// safe point. A rollback under way is never stopped for another.
/// </summary>
public sealed class RunStopper(Platform platform, Action<RunEvent> tell)
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait for the run's end: batches take seconds, a dump is ended at once.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <returns>Null where nobody holds the lock any more; else who does, and what to do.</returns>
    public async Task<RunOutcome.Locked?> StopAsync(CancellationToken cancellationToken)
    {
        if (Holder() is not { } holder)
            return null;
        if (holder.Run.StartsWith("upkeep rollback", StringComparison.Ordinal))
            return new RunOutcome.Locked(holder.ToString(), "It is a rollback: one at a time. Wait for it, or stop it with Ctrl-C there.");
        if (holder.Process.Host != Environment.MachineName)
            return new RunOutcome.Locked(holder.ToString(), $"It runs on {holder.Process.Host}: stop it there, with Ctrl-C or kill -TERM {holder.Process.ProcessId}.");
        // Asked once more: its id may be another process's by now.
        if (holder.Process.ProofOfDeath() is null && !ProcessSignal.Terminate(holder.Process.ProcessId))
            return new RunOutcome.Locked(holder.ToString(), $"It isn't ours to stop: as root or as its user, kill -TERM {holder.Process.ProcessId}.");
        tell(new RunEvent.Noticed($"Asked {holder} to stop; waiting for its next safe point."));
        var since = platform.Doors.Time.GetTimestamp();
        while (Holder() == holder)
        {
            if (platform.Doors.Time.GetElapsedTime(since) > Patience)
                return new RunOutcome.Locked(holder.ToString(), string.Create(CultureInfo.InvariantCulture, $"It was asked to stop {Patience.TotalMinutes:0} min ago and hasn't yet. Wait for it (upkeep status --watch), then repeat the command."));
            await Task.Delay(_look, platform.Doors.Time, cancellationToken);
        }
        return null;
    }

    private RunLockHolder? Holder() => RunLock.HolderOf(platform.Configuration.Root);
}
