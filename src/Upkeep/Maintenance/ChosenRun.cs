using Upkeep.Journal;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>A run of the past that is worked on, with the locks and the journal held meanwhile.</summary>
/// <param name="Entries">Its facts, oldest first, as they were when it was chosen.</param>
internal sealed record ChosenRun(RunLocks Locks, JournalFile Journal, string Run, IReadOnlyList<JournalEntry> Entries)
{
    private const string What = "upkeep rollback";

    public string Folder => Entries.Select(entry => entry.Fact).OfType<RunStarted>().First().Folder;

    /// <summary>Takes the locks, chooses the run and works on it.</summary>
    /// <param name="run">Null means the newest one that fits.</param>
    /// <param name="choice">Which runs fit, and what those have, as the end of the sentence: No run in the journal … .</param>
    public static async Task<RollbackOutcome> OnAsync(Platform platform, Action<RunEvent> tell, StopSignal stop, string? run,
        (Func<string, IReadOnlyList<JournalEntry>, bool> Fits, string That) choice, Func<ChosenRun, Task<RollbackOutcome>> work, CancellationToken cancellationToken)
    {
        // To open a journal that isn't there would make it, and the folders above it.
        if (!File.Exists(platform.JournalPath))
            return new RollbackOutcome.NotFound(run is null ? $"There is no run yet: {platform.JournalPath} is not there." : $"There is no run {run}: {platform.JournalPath} is not there.", "Begin with: upkeep run. If there were runs, root in the configuration names another folder than theirs.");
        var (locks, held) = await RunLocks.TakeAsync(platform, What, cancellationToken);
        if (locks is null)
            return new RollbackOutcome.Locked(held!);
        await using (locks)
        {
            locks.Watch(platform.Doors.Time, stop, tell);
            using var journal = platform.OpenJournal();
            var runs = journal.Runs();
            var chosen = run ?? runs.FirstOrDefault(id => choice.Fits(id, journal.Read(id)));
            if (chosen is null || !runs.Contains(chosen))
                return new RollbackOutcome.NotFound(run is null ? $"No run in the journal {choice.That}." : $"There is no run {run} in the journal.", "See the runs with: upkeep history");
            return await work(new ChosenRun(locks, journal, chosen, journal.Read(chosen)));
        }
    }
}
