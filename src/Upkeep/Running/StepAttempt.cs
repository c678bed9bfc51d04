using System.Text.Json;
using Upkeep.Journal;
using Upkeep.Planning;

namespace Upkeep.Running;

/// <summary>One attempt at one step: check, act, verify, each written to the journal as it happens.</summary>
internal sealed class StepAttempt(JournalFile journal, TimeProvider time, Action<RunEvent> tell, string run, RunFrame frame, StopSignal runStop,
    IReadOnlyList<JournalEntry> earlier)
{
    public async Task<StepEnded> RunAsync(PlannedStep planned, Step step, StepHistory history, CancellationToken cancellationToken)
    {
        var definition = planned.Definition;
        if (planned.Decision == PlanDecision.Skip)
            return End(definition, StepStatus.Skipped, planned.Reason, null);
        if (planned.Decision == PlanDecision.Defer)
            return End(definition, StepStatus.Deferred, planned.Reason, null);
        if (!definition.RunsAfterStop && (runStop.IsRequested || cancellationToken.IsCancellationRequested))
            return End(definition, StepStatus.Deferred, $"not started: {runStop.Reason ?? "stopped"}", "Go on with: upkeep run --resume");
        if (!frame.DryRun && Missing(definition) is { } missing)
            return End(definition, StepStatus.Refused, missing, $"Mend {string.Join(", ", definition.Requires)} first, then: upkeep run --resume");

        using var bounds = new StepBounds(time, planned.Deadline, frame.DeadlineGrace, definition.RunsAfterStop ? null : runStop,
            definition.RunsAfterStop ? CancellationToken.None : cancellationToken);
        var context = new StepContext(journal, run, definition, frame.Folder, earlier, bounds.Stop, progress => tell(new RunEvent.StepMoved(progress)));
        journal.Append(run, definition.Id, new StepStarted(definition.Title, definition.Kind.ToString().ToLowerInvariant()));
        try
        {
            return await PhasesAsync(step, history, context, bounds.Token);
        }
        catch (OperationCanceledException) when (bounds.Token.IsCancellationRequested)
        {
            return bounds.RanOutOfTime
                ? End(definition, StepStatus.Failed, $"cancelled: still running {planned.Deadline} after its start, its deadline", $"Give it more time under steps: {definition.Id}: deadline, or look at what it was waiting for.")
                : End(definition, StepStatus.Deferred, "stopped at once on request", "Go on with: upkeep run --resume");
        }
        catch (Exception problem) when (problem is IHinted hinted)
        {
            return End(definition, StepStatus.Failed, problem.Message, hinted.Hint);
        }
        catch (Exception problem)
        {
            return End(definition, StepStatus.Failed, $"unknown: {problem.GetType().Name}: {problem.Message}", "This was not foreseen. The journal has the details; run with --verbose and report it.");
        }
    }

    /// <summary>Writes how the step ended and tells it.</summary>
    public StepEnded End(StepDefinition definition, StepStatus status, string? reason, string? hint, string? summary = null, UndoState undo = UndoState.None)
    {
        var end = new StepEnded(status, summary ?? reason ?? "", reason, hint, undo);
        journal.Append(run, definition.Id, end);
        var entries = journal.Read(run).Where(entry => entry.Step == definition.Id).ToList();
        var began = entries.LastOrDefault(entry => entry.Fact is StepStarted)?.At;
        tell(new RunEvent.StepFinished(definition, end, began is { } at ? time.GetUtcNow() - at : TimeSpan.Zero, Findings(entries)));
        return end;
    }

    private async Task<StepEnded> PhasesAsync(Step step, StepHistory history, StepContext context, CancellationToken cancellationToken)
    {
        var definition = step.Definition;
        var survey = history.ActWasIntended && !frame.DryRun ? history.Survey : null;
        if (survey is null)
        {
            var check = await step.CheckUntypedAsync(context, cancellationToken);
            if (check.Survey is { } seen)
                journal.Append(run, definition.Id, new StepSurveyed(seen, check.Summary));
            if (check.Verdict != CheckVerdict.Due || frame.DryRun)
                return EndAfterCheck(definition, check);
            survey = check.Survey!.Value;
            if (context.Stop.IsRequested)
                return End(definition, StepStatus.Deferred, $"not begun: {context.Stop.Reason}", "Go on with: upkeep run --resume", check.Summary);
        }
        var acted = history.OnlyVerificationIsMissing ? history.Acted! : null;
        if (acted is null)
        {
            journal.Append(run, definition.Id, new ActIntended());
            var act = await step.ActUntypedAsync(survey.Value, context, cancellationToken);
            if (act.Effect is not { } effect)
                return End(definition, StepStatus.Failed, act.Problem!.What, act.Problem.Hint, act.Summary);
            acted = new StepActed(effect, act.Summary, act.Undo, act.UndoHint);
            journal.Append(run, definition.Id, acted);
            if (act.Problem is { } problem)
                return End(definition, act.Stopped ? StepStatus.Deferred : StepStatus.Failed, problem.What, problem.Hint, act.Summary, act.Undo);
        }
        var proof = await step.VerifyUntypedAsync(survey.Value, acted.Effect, context, cancellationToken);
        return proof.Holds
            ? End(definition, GoodOrAttention(definition), null, proof.Hint, $"{acted.Summary}; {proof.Summary}", acted.Undo)
            : End(definition, StepStatus.Failed, $"not proven: {proof.Summary}", proof.Hint, acted.Summary, acted.Undo);
    }

    private StepEnded EndAfterCheck(StepDefinition definition, UntypedCheck check) => check.Verdict switch
    {
        CheckVerdict.Skipped => End(definition, StepStatus.Skipped, check.Problem!.What, check.Problem.Hint),
        CheckVerdict.Refused => End(definition, StepStatus.Refused, check.Problem!.What, check.Problem.Hint),
        CheckVerdict.Failed => End(definition, StepStatus.Failed, check.Problem!.What, check.Problem.Hint),
        CheckVerdict.Due => End(definition, StepStatus.Skipped, "dry run: nothing was changed", null, $"would: {check.Summary}"),
        CheckVerdict.NothingToDo => End(definition, GoodOrAttention(definition), null, null, check.Summary, UndoState.NotNeeded),
        _ => End(definition, GoodOrAttention(definition), null, null, check.Summary, UndoState.None),
    };

    private StepStatus GoodOrAttention(StepDefinition definition)
    {
        var entries = journal.Read(run).Where(entry => entry.Step == definition.Id).ToList();
        return Findings(entries).Any(finding => finding.Severity != Severity.Info) ? StepStatus.Attention : StepStatus.Succeeded;
    }

    // Only what this attempt raised: an earlier attempt's findings may have been mended since.
    private static IReadOnlyList<Finding> Findings(IReadOnlyList<JournalEntry> ofStep)
    {
        var start = ofStep.LastOrDefault(entry => entry.Fact is StepStarted)?.Sequence ?? 0;
        return [.. ofStep.Where(entry => entry.Sequence > start).Select(entry => entry.Fact).OfType<FindingRaised>().Select(raised => raised.Finding)];
    }

    private string? Missing(StepDefinition definition)
    {
        if (definition.Requires.Count == 0)
            return null;
        var entries = journal.Read(run);
        var missing = definition.Requires.Where(id => StepHistory.Of(id, entries).Finished is not { Status: StepStatus.Succeeded or StepStatus.Attention }).ToList();
        return missing.Count == 0 ? null : $"{string.Join(", ", missing)} did not succeed in this run, and {definition.Id} does not run without it";
    }
}
