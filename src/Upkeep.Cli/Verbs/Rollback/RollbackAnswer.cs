using System.Globalization;
using System.Text.Json;
using Upkeep.Cli.Output;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Reports;

namespace Upkeep.Cli.Verbs.Rollback;

/// <summary>Says what came of a rollback, and with which exit status.</summary>
internal sealed class RollbackAnswer(CommandOutput output)
{
    public ExitStatus Give(RollbackOutcome outcome, bool stopped) => outcome switch
    {
        RollbackOutcome.Undone undone => Undone(undone, stopped),
        RollbackOutcome.Full full => Full(full),
        RollbackOutcome.Locked { By: var by } => throw new CommandException(ExitStatus.Locked, $"Not started: the lock is held by {by.Holder}.", by.Hint),
        RollbackOutcome.Refused refused => throw new CommandException(ExitStatus.Refused, refused.Reason, refused.Hint),
        RollbackOutcome.NotFound missing => throw new CommandException(ExitStatus.Usage, missing.Reason, missing.Hint),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no exit status."),
    };

    private ExitStatus Undone(RollbackOutcome.Undone undone, bool stopped)
    {
        if (output.IsJson)
        {
            output.Json(new
            {
                schema = 1, run = undone.Run, status = JsonSerializer.SerializeToNode(undone.Status, JournalJson.Options),
                steps = undone.Steps.Select(step => new { id = step.Step, undone = step.Proof.Holds, summary = step.Proof.Summary, hint = step.Proof.Hint, findings = step.Findings }),
            });
        }
        else if (undone.Steps.Count == 0)
            output.Line($"{undone.Run} has nothing left to undo.");
        foreach (var (id, proof) in undone.Steps)
        {
            output.Line($"{id}: {(proof.Holds ? "undone" : "not undone")}: {proof.Summary}");
            if (proof is { Holds: false, Hint: { } hint })
                output.Line($"  hint: {hint}");
        }
        foreach (var finding in undone.Steps.SelectMany(step => step.Findings))
            Tell(finding);
        return undone.Steps.Any(step => !step.Proof.Holds) ? ExitStatus.Failed : stopped ? ExitStatus.Stopped
            : undone.Steps.Any(step => step.Findings.Count > 0) ? ExitStatus.Attention : ExitStatus.Success;
    }

    private ExitStatus Full(RollbackOutcome.Full full)
    {
        if (output.IsJson)
        {
            output.Json(new
            {
                schema = 1, run = full.Run, status = JsonSerializer.SerializeToNode(full.Status, JournalJson.Options), steps = full.Steps,
                cleanedUp = full.CleanUp is null ? null : new { done = full.CleanUp.Holds, summary = full.CleanUp.Summary, hint = full.CleanUp.Hint },
            });
        }
        foreach (var step in full.Steps)
            Tell(step);
        if (full.CleanUp is { } cleanUp)
            output.Line($"afterwards: {cleanUp.Summary}{(cleanUp.Hint is { } hint ? $" hint: {hint}" : "")}");
        return Status(full);
    }

    private void Tell(StepDocument step)
    {
        output.Line($"{step.Id}: {StatusWord.Of(step.Status)}: {step.Reason ?? step.Summary}");
        foreach (var phase in step.Measures.Where(measure => measure.Name == "phase_seconds"))
            output.Line(string.Create(CultureInfo.InvariantCulture, $"  {phase.Subject,-28} {phase.After ?? phase.Before,9:0.00} s"));
        foreach (var finding in step.Findings.Where(finding => finding.Severity != Severity.Info))
            Tell(finding);
        if (step is { Hint: { } hint, Status: not (StepStatus.Succeeded or StepStatus.Attention) })
            output.Line($"  hint: {hint}");
        if (step is { Undo: UndoState.Available, UndoHint: { } back })
            output.Line($"  {back}");
    }

    private void Tell(Finding finding)
    {
        output.Line($"  {StatusWord.Of(finding.Severity)}: {finding.Message}");
        if (finding.Hint is { } mend)
            output.Line($"    hint: {mend}");
    }

    // The worst of the steps that this rollback is made of.
    private static ExitStatus Status(RollbackOutcome.Full full)
    {
        var statuses = full.Steps.Select(step => step.Status).ToHashSet();
        return statuses.Contains(StepStatus.Failed) ? ExitStatus.Failed
            : statuses.Contains(StepStatus.Refused) ? ExitStatus.Refused
            : statuses.Contains(StepStatus.Deferred) || statuses.Contains(StepStatus.Running) ? ExitStatus.Stopped
            : statuses.Contains(StepStatus.Attention) ? ExitStatus.Attention : ExitStatus.Success;
    }
}
