using Upkeep.Journal;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>A run whose process ended without a word is stopped, whoever tells of it.</summary>
public static class DeadRun
{
    /// <summary>The facts as they stand, with the end that a dead process could not write: at its last fact, and in no journal.</summary>
    /// <param name="entries">A run's facts, oldest first.</param>
    /// <param name="holder">Who is at work on this root now; null where nobody is.</param>
    /// <param name="isNewest">Whether no run began after it; an older one is dead whoever holds the lock.</param>
    public static IReadOnlyList<JournalEntry> WithItsEnd(IReadOnlyList<JournalEntry> entries, RunLockHolder? holder, bool isNewest)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if ((isNewest && holder is not null) || entries.Count == 0 || entries.Last(entry => entry.Fact is RunStarted or RunResumed or RunEnded).Fact is RunEnded)
            return entries;
        var goOn = isNewest ? "; go on with: upkeep run --resume" : ", and a later run was begun";
        // What was undone or rolled back since is no part of the run's own time.
        var last = entries.Last(entry => entry.Fact is not (UndoIntended or UndoCheckpointReached or UndoEnded) && entry.Step?.StartsWith(FullRollback.Procedure, StringComparison.Ordinal) != true);
        return [.. entries, new JournalEntry(last.Sequence, last.Run, null, last.At, new RunEnded(RunStatus.Stopped, $"its process ended without a word{goOn}"))];
    }
}
