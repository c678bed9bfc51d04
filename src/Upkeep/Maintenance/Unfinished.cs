using Upkeep.Journal;

namespace Upkeep.Maintenance;

/// <summary>The last run that was started, where something of it is left to do.</summary>
/// <param name="InterruptedBy">What ended it before its time, in words.</param>
internal sealed record Unfinished(string Run, RunStarted Started, string InterruptedBy)
{
    /// <summary>Looks for it; refused runs were never started and don't count.</summary>
    /// <returns>The run, or null and why there is none to go on with.</returns>
    public static (Unfinished? Run, string Reason) Last(JournalFile journal)
    {
        foreach (var run in journal.Runs())
        {
            var entries = journal.Read(run);
            if (entries[0].Fact is not RunStarted started)
                continue;
            var end = End(entries);
            if (end is { Status: RunStatus.Refused })
                continue;
            if (FullRollback.IsInForce(entries))
                return (null, $"the last run, {run}, was rolled back as a whole; begin a new one with upkeep run, or go back first with upkeep rollback {run} --back");
            if (FullRollback.IsBegun(entries))
                return (null, $"a full rollback of the last run, {run}, was begun and not finished; finish it first with upkeep rollback {run} --full, or --back");
            var open = OpenSteps(started, entries);
            if (end is null)
                return (new Unfinished(run, started, "its process ended without a word"), "");
            return open.Count == 0
                ? (null, $"the last run, {run}, has nothing left to do")
                : (new Unfinished(run, started, end.Reason ?? $"unfinished: {string.Join(", ", open)}"), "");
        }
        return (null, "there is no run that was started");
    }

    /// <summary>The same of a platform that may have no journal, which a look doesn't make.</summary>
    public static (Unfinished? Run, string Reason) Last(Platform platform)
    {
        ArgumentNullException.ThrowIfNull(platform);
        if (!File.Exists(platform.JournalPath))
            return (null, "there is no run that was started");
        using var journal = platform.OpenJournal();
        return Last(journal);
    }

    private static RunEnded? End(IReadOnlyList<JournalEntry> entries) =>
        entries.Last(entry => entry.Fact is RunStarted or RunResumed or RunEnded).Fact as RunEnded;

    private static List<string> OpenSteps(RunStarted started, IReadOnlyList<JournalEntry> entries)
    {
        var done = entries.Where(entry => entry.Step is not null).GroupBy(entry => entry.Step!, StringComparer.Ordinal)
            .Where(step => IsDone(step.Select(entry => entry.Fact).ToList())).Select(step => step.Key).ToHashSet(StringComparer.Ordinal);
        return [.. started.Steps.Where(step => !step.LeftOut && !done.Contains(step.Id)).Select(step => step.Id)];
    }

    private static bool IsDone(List<Fact> facts) =>
        facts.OfType<UndoEnded>().Any(undo => undo.Applied)
        || facts.OfType<StepEnded>().LastOrDefault() is { Status: StepStatus.Succeeded or StepStatus.Attention or StepStatus.Skipped };
}
