using Upkeep.Journal;
using Upkeep.Reporting;
using Upkeep.Reports;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>How the undo of one step came out.</summary>
public sealed record StepUndone(string Step, Proof Proof)
{
    /// <summary>What it found on the way that a person should know.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>With the findings since the undo of the step was begun last.</summary>
    internal static StepUndone Of(ChosenRun chosen, string step, Proof proof)
    {
        List<JournalEntry> ofStep = [.. chosen.Journal.ReadWithoutCheckpoints(chosen.Run).Where(entry => entry.Step == step)];
        var since = ofStep.LastOrDefault(entry => entry.Fact is UndoIntended)?.Sequence ?? long.MaxValue;
        return new StepUndone(step, proof)
        {
            Findings = [.. ofStep.Where(entry => entry.Sequence > since).Select(entry => entry.Fact).OfType<FindingRaised>().Select(raised => raised.Finding).Where(finding => finding.Severity != Severity.Info)],
        };
    }
}

/// <summary>What came of asking to take a run back.</summary>
public abstract record RollbackOutcome
{
    /// <summary>What there was to undo, newest first; empty where there was nothing.</summary>
    /// <param name="Status">The run's, now.</param>
    public sealed record Undone(string Run, RunStatus Status, IReadOnlyList<StepUndone> Steps) : RollbackOutcome
    {
        internal static Undone Of(ChosenRun chosen, IReadOnlyList<StepUndone> steps) =>
            new(chosen.Run, RunDocument.From(chosen.Journal.Read(chosen.Run)).Status, steps);
    }

    /// <summary>Another run holds the lock.</summary>
    public sealed record Locked(RunOutcome.Locked By) : RollbackOutcome;

    /// <summary>The whole database was put back, or was not: the steps that the journal tells of it.</summary>
    /// <param name="Steps">Of the procedure <c>rollback</c>.</param>
    /// <param name="CleanUp">What became of an attempt that failed before the swap; null where there was none.</param>
    public sealed record Full(string Run, RunStatus Status, IReadOnlyList<StepDocument> Steps, Proof? CleanUp) : RollbackOutcome;

    /// <summary>It can't be done as things stand.</summary>
    public sealed record Refused(string Reason, string Hint) : RollbackOutcome;

    /// <summary>There is no such run, or no such step in it.</summary>
    public sealed record NotFound(string Reason, string Hint) : RollbackOutcome;
}

/// <summary>Takes back what steps of a run changed, from their records in the journal, newest first.</summary>
public sealed class StepRollback(Platform platform, Action<RunEvent> tell)
{
    /// <param name="run">The run's id; null means the last one that changed anything.</param>
    /// <param name="stepId">The step; null means every step of the run that changed something that has a way back.</param>
    public Task<RollbackOutcome> RunAsync(string? run, string? stepId, StopSignal stop, CancellationToken cancellationToken) =>
        ChosenRun.OnAsync(platform, tell, stop, run, ((_, entries) => ActsOf(entries).Count > 0, "has changed anything"), async chosen =>
        {
            var entries = chosen.Entries;
            if (stepId is not null && entries.All(entry => entry.Step != stepId))
                return new RollbackOutcome.NotFound($"{chosen.Run} has no step {stepId}.", $"It changed something in: {Or(ActsOf(entries), "no step")}");
            if (FullRollback.IsInForce(entries))
                return new RollbackOutcome.Refused($"{chosen.Run} was rolled back as a whole: what its steps changed in the database is gone with it.", $"To undo single steps instead, go back first: upkeep rollback {chosen.Run} --back");
            if (FullRollback.IsBegun(entries))
                return new RollbackOutcome.Refused($"A full rollback of {chosen.Run} was begun and not finished: which database is live is not certain.", $"Finish it first: upkeep rollback {chosen.Run} --full, or --back");
            var undone = await UndoAsync(chosen, stepId, stop, cancellationToken);
            await TellAsync(chosen);
            return RollbackOutcome.Undone.Of(chosen, undone);
        }, cancellationToken);

    private async Task<IReadOnlyList<StepUndone>> UndoAsync(ChosenRun chosen, string? stepId, StopSignal stop, CancellationToken cancellationToken)
    {
        var (run, entries, folder) = (chosen.Run, chosen.Entries, chosen.Folder);
        var undoer = new Undoer(chosen.Journal, tell, problem => DoorProblems.Explain(problem, platform.Doors.Database));
        var undone = new List<StepUndone>();
        foreach (var id in stepId is null ? ActsOf(entries).Where(id => HasWayBack(entries, id)) : [stepId])
        {
            if (stop.IsRequested)
                break;
            var proof = platform.Steps.FirstOrDefault(step => step.Definition.Id == id) is { } step
                ? await undoer.UndoAsync(run, step, folder, stop, cancellationToken)
                : Proof.Missing($"this upkeep has no step {id}", "Undo it with the version that ran it; the report names it.");
            undone.Add(StepUndone.Of(chosen, id, proof));
            // What came before rests on what came after being gone.
            if (!proof.Holds)
                break;
        }
        return undone;
    }

    // A report that still offers to undo what was undone would be wrong. On a token of its own: what was undone is told also when cancelled.
    internal static async Task TellAsync(ChosenRun chosen)
    {
        if (Directory.Exists(chosen.Folder))
            await new ReportWriter(chosen.Journal).WriteAsync(chosen.Run, chosen.Folder, CancellationToken.None);
    }

    /// <summary>The steps that changed something, or may have, newest first.</summary>
    internal static List<string> ActsOf(IReadOnlyList<JournalEntry> entries) =>
        [.. entries.Where(entry => entry is { Step: not null, Fact: ActIntended } && !entry.Step.StartsWith(FullRollback.Procedure, StringComparison.Ordinal)).Select(entry => entry.Step!).Distinct(StringComparer.Ordinal).Reverse()];

    private static bool HasWayBack(IReadOnlyList<JournalEntry> entries, string id)
    {
        var facts = entries.Where(entry => entry.Step == id).Select(entry => entry.Fact).ToList();
        // A killed act has no effect yet: its checkpoints tell whether there is anything to take back.
        return !facts.OfType<UndoEnded>().Any(undo => undo.Applied) && facts.OfType<StepActed>().LastOrDefault() is (null or { Undo: UndoState.Available } or { Partial: true });
    }

    private static string Or(List<string> ids, string none) => ids.Count == 0 ? none : string.Join(", ", ids);
}
