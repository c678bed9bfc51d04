using System.Text.Json;
using Upkeep.Journal;
using Upkeep.Planning;

namespace Upkeep.Running;

/// <summary>One attempt at one step: check, act, verify, each written to the journal as it happens.</summary>
internal sealed class StepAttempt(RunJournal journal, TimeProvider time, Action<RunEvent> tell, RunFrame frame, StopSignal runStop)
{
    private DateTimeOffset? _began;

    /// <summary>How an interrupted step is gone on with, in words.</summary>
    public string GoOn { get; init; } = "Go on with: upkeep run --resume";

    /// <summary>Puts exceptions that the doors let through into words.</summary>
    public required Func<Exception, Problem?>? Explain { get; init; }

    /// <summary>Whether the step that was run last was begun at all.</summary>
    public bool Began { get; private set; }

    /// <summary>Whether a stop of the run kept any step from beginning or ending.</summary>
    public bool CutShort { get; private set; }

    public async Task<StepEnded> RunAsync(PlannedStep planned, Step step, StepHistory history, CancellationToken cancellationToken)
    {
        var definition = planned.Definition;
        (_began, Began) = (null, false);
        if (NotBegun(planned, history, cancellationToken) is { } end)
            return end;

        using var bounds = new StepBounds(time, planned.Deadline, frame.DeadlineGrace, definition.RunsAfterStop ? null : runStop, cancellationToken);
        var context = new StepContext(journal, definition, frame.Folder, journal.Of(definition.Id), bounds.Stop, progress => tell(new RunEvent.StepMoved(progress)));
        (_began, Began) = (time.GetUtcNow(), true);
        journal.Append(definition.Id, new StepStarted(definition.Title, definition.Kind.ToString().ToLowerInvariant()));
        try
        {
            return await PhasesAsync(step, definition, history, context, bounds.Token);
        }
        catch (OperationCanceledException) when (bounds.Token.IsCancellationRequested)
        {
            return bounds.RanOutOfTime
                ? End(definition, StepStatus.Failed, $"cancelled: still running {planned.Deadline} after its start, its deadline", $"Give it more time under steps: {definition.Id}: deadline, or look at what it was waiting for.")
                : Interrupted(definition, "stopped at once on request");
        }
        // Work that has no safe point but its beginning, ended by the stop and left as if never begun.
        catch (OperationCanceledException) when (bounds.Stop.IsRequested)
        {
            return Interrupted(definition, bounds.Stop.Reason!);
        }
        // What can't be written can't be ended either: the journal's own trouble ends the run.
        catch (Exception problem) when (problem is not JournalException)
        {
            return problem is IHinted hinted ? End(definition, StepStatus.Failed, problem.Message, hinted.Hint)
                : Explain?.Invoke(problem) is { } known ? End(definition, StepStatus.Failed, known.What, known.Hint)
                : End(definition, StepStatus.Failed, $"unknown: {problem.GetType().Name}: {problem.Message}", "This was not foreseen. Run it again with --verbose and report it.");
        }
    }

    /// <summary>Writes how the step ended and tells it.</summary>
    public StepEnded End(StepDefinition definition, StepStatus status, string? reason, string? hint, string? summary = null, UndoState undo = UndoState.None) =>
        End(definition, new StepEnded(status, summary ?? reason ?? "", reason, hint, undo));

    private StepEnded End(StepDefinition definition, StepEnded end)
    {
        journal.Append(definition.Id, end);
        tell(new RunEvent.StepFinished(definition, end, _began is { } at ? time.GetUtcNow() - at : TimeSpan.Zero, Findings(definition)));
        return end;
    }

    private StepEnded? NotBegun(PlannedStep planned, StepHistory history, CancellationToken cancellationToken)
    {
        var definition = planned.Definition;
        if (planned.Decision == PlanDecision.Skip)
            return End(definition, StepStatus.Skipped, planned.Reason, null);
        if (planned.Decision == PlanDecision.Defer)
            return End(definition, StepStatus.Deferred, planned.Reason, null);
        if (cancellationToken.IsCancellationRequested || (runStop.IsRequested && !definition.RunsAfterStop))
            return Interrupted(definition, $"not started: {runStop.Reason}");
        if (history.UndoIsUnfinished)
            return End(definition, StepStatus.Refused, "its undo was begun and not finished", $"Finish it with: upkeep rollback {journal.Run} --step {definition.Id}");
        return !frame.DryRun && Missing(definition) is { Count: > 0 } missing ? Blocked(definition, missing) : null;
    }

    private StepEnded Interrupted(StepDefinition definition, string reason, string? summary = null, UndoState undo = UndoState.None)
    {
        // Not where the step's own deadline asked for it.
        CutShort |= runStop.IsRequested;
        return End(definition, StepStatus.Deferred, reason, GoOn, summary, undo);
    }

    private async Task<StepEnded> PhasesAsync(Step step, StepDefinition definition, StepHistory history, StepContext context, CancellationToken cancellationToken)
    {
        if (history is { ActWasIntended: true, Survey: { } earlier } && !frame.DryRun)
        {
            // Done, and only the proof is missing: looked at again first, acted again only where it isn't there.
            return history is { ActIsComplete: true, Acted: { } done } && await step.VerifyUntypedAsync(earlier, done.Effect, context, cancellationToken) is { Holds: true } proof
                ? Proven(definition, done, proof)
                : await ActAsync(step, definition, earlier, context, cancellationToken);
        }
        var check = await step.CheckUntypedAsync(context, cancellationToken);
        if (check.Survey is { } seen)
            journal.Append(definition.Id, new StepSurveyed(seen, check.Summary));
        if (check.Verdict != CheckVerdict.Due || frame.DryRun)
            return EndAfterCheck(definition, check);
        return context.Stop.IsRequested
            ? Interrupted(definition, $"not begun: {context.Stop.Reason}", check.Summary)
            : await ActAsync(step, definition, check.Survey!.Value, context, cancellationToken);
    }

    private async Task<StepEnded> ActAsync(Step step, StepDefinition definition, JsonElement survey, StepContext context, CancellationToken cancellationToken)
    {
        journal.Append(definition.Id, new ActIntended());
        var act = await step.ActUntypedAsync(survey, context, cancellationToken);
        if (act.Effect is not { } effect)
            return End(definition, StepStatus.Failed, act.Problem!.What, act.Problem.Hint, act.Summary);
        var acted = new StepActed(effect, act.Summary, act.Undo, act.UndoHint) { Partial = act.Problem is not null };
        journal.Append(definition.Id, acted);
        if (act is { Stopped: true, Problem: { } stopped })
            return Interrupted(definition, stopped.What, act.Summary, act.Undo);
        if (act.Problem is { } problem)
            return End(definition, StepStatus.Failed, problem.What, problem.Hint, act.Summary, act.Undo);
        var proof = await step.VerifyUntypedAsync(survey, effect, context, cancellationToken);
        return proof.Holds
            ? Proven(definition, acted, proof)
            : End(definition, StepStatus.Failed, $"not proven: {proof.Summary}", proof.Hint, acted.Summary, acted.Undo);
    }

    private StepEnded Proven(StepDefinition definition, StepActed acted, Proof proof) =>
        End(definition, GoodOrAttention(definition), null, proof.Hint, $"{acted.Summary}; {proof.Summary}", acted.Undo);

    private StepEnded EndAfterCheck(StepDefinition definition, UntypedCheck check) => check.Verdict switch
    {
        CheckVerdict.Skipped => End(definition, StepStatus.Skipped, check.Problem!.What, check.Problem.Hint),
        CheckVerdict.Refused => End(definition, StepStatus.Refused, check.Problem!.What, check.Problem.Hint),
        CheckVerdict.Failed => End(definition, StepStatus.Failed, check.Problem!.What, check.Problem.Hint),
        CheckVerdict.Due => End(definition, StepStatus.Skipped, "dry run: nothing was changed", null, $"would: {check.Summary}"),
        CheckVerdict.NothingToDo => End(definition, GoodOrAttention(definition), null, null, check.Summary, UndoState.NotNeeded),
        _ => End(definition, GoodOrAttention(definition), null, null, check.Summary, UndoState.None),
    };

    private StepStatus GoodOrAttention(StepDefinition definition) =>
        Findings(definition).Any(finding => finding.Severity != Severity.Info) ? StepStatus.Attention : StepStatus.Succeeded;

    // What this attempt raised, since an earlier one's findings may have been mended; of an act that is gone on with also what its check
    // raised, since that isn't asked again. What was undone since and begun anew has no past.
    private IReadOnlyList<Finding> Findings(StepDefinition definition)
    {
        var all = journal.Of(definition.Id);
        var since = StepHistory.Of(all).Since;
        var ofStep = all.Where(entry => entry.Sequence >= since).ToList();
        var intended = ofStep.FirstOrDefault(entry => entry.Fact is ActIntended)?.Sequence ?? long.MaxValue;
        var started = ofStep.LastOrDefault(entry => entry.Fact is StepStarted)?.Sequence ?? 0;
        var looked = ofStep.LastOrDefault(entry => entry.Fact is StepStarted && entry.Sequence < intended)?.Sequence ?? 0;
        return [.. ofStep.Where(entry => entry.Sequence > started || (entry.Sequence > looked && entry.Sequence < intended))
            .Select(entry => entry.Fact).OfType<FindingRaised>().Select(raised => raised.Finding)];
    }

    private List<string> Missing(StepDefinition definition) =>
        [.. definition.Requires.Where(id => StepHistory.Of(journal.Of(id)) is not { WasUndone: false, Finished.Status: StepStatus.Succeeded or StepStatus.Attention })];

    // The same words for every step that the same cause keeps from running: reports tell it once for all of them.
    private StepEnded Blocked(StepDefinition definition, IReadOnlyList<string> missing)
    {
        var names = string.Join(", ", missing);
        var reason = $"needs {names}, which did not succeed in this run";
        return End(definition, new StepEnded(StepStatus.Refused, reason, reason, $"Mend {names} first, then: upkeep run --resume", UndoState.None) { BlockedBy = missing });
    }
}
