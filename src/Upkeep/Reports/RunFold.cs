using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>Folds the facts of a run, oldest first, into its document.</summary>
internal static class RunFold
{
    // Steps of this procedure are no part of a run's plan: they are carried out on a run.
    private const string Rollback = "rollback.";
    public const string FullRollback = Rollback + "full";
    public const string Rows = Rollback + "rows";

    public static RunDocument Document(IReadOnlyList<JournalEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count == 0)
            throw new ArgumentException("A run has at least one fact.", nameof(entries));

        var started = entries.Select(entry => entry.Fact).OfType<RunStarted>().FirstOrDefault();
        var steps = Steps(entries, started);
        var end = End(entries);
        var isWhole = IsWhole(steps);
        return new RunDocument
        {
            Run = entries[0].Run,
            Status = Status(end, steps),
            Reason = (end?.Fact as RunEnded)?.Reason,
            Platform = started?.Platform ?? "",
            StartedAt = entries[0].At,
            FinishedAt = end?.At,
            Window = started?.Window is { } window ? new WindowDocument { Start = window.Start, End = window.End, TimeZone = window.TimeZone } : null,
            DryRun = started?.DryRun ?? false,
            Waivers = started?.Waivers ?? [],
            Options = started?.Options ?? [],
            Interruptions = [.. entries.Select(entry => entry.Fact).OfType<RunResumed>().Select(resumed => resumed.InterruptedBy)],
            Host = started?.Host,
            UpkeepVersion = started?.UpkeepVersion,
            ConfigurationSha256 = started?.ConfigurationSha256,
            Folder = started?.Folder,
            Steps = [.. steps.Select(step => step.Document(runEnded: end is not null, isReplaced: isWhole && !step.Id.StartsWith(Rollback, StringComparison.Ordinal)))],
        };
    }

    // A resume takes the end of the interrupted part back.
    private static JournalEntry? End(IReadOnlyList<JournalEntry> entries)
    {
        JournalEntry? end = null;
        foreach (var entry in entries)
        {
            end = entry.Fact switch
            {
                RunStarted or RunResumed => null,
                RunEnded => entry,
                _ => end,
            };
        }
        return end;
    }

    // The whole database as before the run is the run rolled back, whatever became of its steps and their undos; going back from there undoes that.
    private static bool IsWhole(List<StepFold> steps) => steps.Any(step => step is { Id: FullRollback, IsDone: true, Undo: UndoState.Available, IsUnfinished: false });

    private static RunStatus Status(JournalEntry? end, List<StepFold> steps)
    {
        if (IsWhole(steps))
            return RunStatus.RolledBack;
        var isUnfinished = steps.Any(step => step.IsUnfinished);
        if (end?.Fact is not RunEnded ended)
            return RunStatus.Running;
        var ofRun = steps.Where(step => !step.Id.StartsWith(Rollback, StringComparison.Ordinal)).ToList();
        var undone = ofRun.Any(step => step.Undo == UndoState.Applied);
        var left = ofRun.Any(step => step.Undo == UndoState.Available);
        if (undone && !left && !isUnfinished)
            return RunStatus.RolledBack;
        // Gone back from a full rollback: what users wrote in between is for a person to look through.
        return ended.Status == RunStatus.Succeeded && (isUnfinished || steps.Any(step => step is { Id: FullRollback, NeedsAPerson: true })) ? RunStatus.Attention : ended.Status;
    }

    private static List<StepFold> Steps(IReadOnlyList<JournalEntry> entries, RunStarted? started)
    {
        var steps = new List<StepFold>();
        var byId = new Dictionary<string, StepFold>(StringComparer.Ordinal);
        foreach (var planned in started?.Steps ?? [])
            Add(new StepFold(planned));
        foreach (var entry in entries.Where(entry => entry.Step is not null))
        {
            if (!byId.TryGetValue(entry.Step!, out var step))
                step = Add(new StepFold(new PlannedStepRecord(entry.Step!, entry.Step!, "inspect", null, null)));
            step.Take(entry);
        }
        return steps;

        StepFold Add(StepFold step)
        {
            if (byId.TryAdd(step.Id, step))
                steps.Add(step);
            return byId[step.Id];
        }
    }
}
