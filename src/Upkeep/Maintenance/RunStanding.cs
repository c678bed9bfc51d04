using Upkeep.Journal;
using Upkeep.Reports;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>Where maintenance stands: the current or last run, and who holds the lock.</summary>
/// <param name="Run">Null where there was none yet.</param>
/// <param name="Holder">Who is at work on this root now; null where nobody is.</param>
public sealed record RunStanding(RunDocument? Run, RunLockHolder? Holder)
{
    /// <summary>Whether a run is under way.</summary>
    public bool GoesOn => Run?.Status == RunStatus.Running;

    /// <summary>Reads where it stands; makes no journal where there is none.</summary>
    public static RunStanding Read(Platform platform)
    {
        ArgumentNullException.ThrowIfNull(platform);
        // The lock first: a run that ends between the two looks has then written its end.
        var holder = RunLock.HolderOf(platform.Configuration.Root);
        if (!File.Exists(platform.JournalPath))
            return new RunStanding(null, holder);
        using var journal = platform.OpenJournal();
        return journal.Runs() is [var newest, ..]
            ? new RunStanding(RunDocument.From(DeadRun.WithItsEnd(journal.ReadWithoutCheckpoints(newest), holder, isNewest: true)), holder)
            : new RunStanding(null, holder);
    }
}
