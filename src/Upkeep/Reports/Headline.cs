using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>How good the news is; a colour in one rendering, a word in another.</summary>
public enum Tone { Good, Attention, Bad, Quiet }

/// <summary>The verdict in a line, and the figures behind it in a second.</summary>
public sealed record Headline(Tone Tone, string Verdict, string Detail)
{
    public static Headline Of(RunDocument run, PlatformClock clock, IReadOnlyList<AttentionItem> attention)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(attention);
        var more = attention.Count(item => !item.IsOfStep);
        var undone = run.Steps.Count(step => step.Undo == UndoState.Applied);
        var (tone, verdict) = run.Status switch
        {
            RunStatus.Succeeded when run.DryRun => (Tone.Quiet, "Looked at everything, changed nothing: a dry run"),
            RunStatus.Succeeded when undone > 0 => (Tone.Quiet, $"Done and proven, and {Counted.Of(undone, "step was", "steps were")} undone since"),
            RunStatus.Succeeded => (Tone.Good, "Everything that was due was done, and proven"),
            RunStatus.Attention when run.DryRun => (Tone.Attention, $"Looked at everything, changed nothing (a dry run); {Counted.Of(attention.Count, "thing needs", "things need")} a person"),
            RunStatus.Attention when attention.Count > 0 => (Tone.Attention, $"Done, and {Counted.Of(attention.Count, "thing needs", "things need")} a person"),
            RunStatus.Attention when undone > 0 => (Tone.Attention, $"Done, without {Counted.Of(undone, "step that was", "steps that were")} undone"),
            RunStatus.Attention => (Tone.Attention, "Done in part: some steps were put off"),
            RunStatus.Failed => (Tone.Bad, $"{(run.DryRun ? "A dry run: " : "")}{Failures(run)}{(more > 0 ? $", and {Counted.Of(more, "more thing needs", "more things need")} a person" : "")}"),
            RunStatus.Stopped => (Tone.Attention, "Stopped before the end; it can be resumed"),
            RunStatus.Refused => (Tone.Bad, "Not started: a go/no-go condition said no"),
            RunStatus.RolledBack when run.Steps.Any(step => step is { Id: "rollback.full", Undo: UndoState.Available }) => (Tone.Quiet, "Rolled back as a whole: the database is as it was before this run"),
            RunStatus.RolledBack => (Tone.Quiet, "Rolled back: everything that could be undone was, and proven"),
            _ => (Tone.Quiet, "Not ended: still running, or cut off"),
        };
        return new Headline(tone, verdict, Account(run, clock));
    }

    private static string Failures(RunDocument run)
    {
        var failed = run.Steps.Count(step => step.Status == StepStatus.Failed);
        var refused = run.Steps.Count(step => step.Status == StepStatus.Refused);
        return failed == 0 ? $"{Counted.Of(refused, "step was", "steps were")} refused"
            : $"{Counted.Of(failed, "step")} failed{(refused == 0 ? "" : $" and {Counted.Of(refused, "was", "were")} refused")}";
    }

    private static string Account(RunDocument run, PlatformClock clock)
    {
        var done = run.Steps.Count(step => step.Status is StepStatus.Succeeded or StepStatus.Attention);
        var parts = new List<string> { $"{done} of {Counted.Of(run.Steps.Count, "step")} did their work" };
        if (run.Steps.Count(step => step.Undo == UndoState.Applied) is > 0 and var undone)
            parts.Add($"{undone} {(undone == 1 ? "was" : "were")} undone since");
        foreach (var status in new[] { StepStatus.Failed, StepStatus.Refused, StepStatus.Deferred, StepStatus.Skipped, StepStatus.Running })
        {
            if (run.Steps.Count(step => step.Status == status) is > 0 and var count)
                parts.Add($"{count} {Words.Status(status)}");
        }
        var took = run.FinishedAt is { } finished
            ? $"{Amount.Duration(finished - run.StartedAt)}, {clock.Minute(run.StartedAt)}–{clock.Minute(finished)} {clock.Zone}"
            : $"begun {clock.Minute(run.StartedAt)} {clock.Zone}";
        return $"{string.Join(", ", parts)}. {char.ToUpperInvariant(took[0])}{took[1..]}.{(run.Reason is null ? "" : $" {SafeText.Line(run.Reason)}.")}";
    }
}
