using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>Something that needs a person: a step that failed, or findings of one kind.</summary>
/// <param name="Code">The findings' code, or <c>step-failed</c> and <c>step-refused</c>.</param>
/// <param name="Findings">At least one; all of the same step, code, severity and hint.</param>
public sealed record AttentionItem(Severity Severity, StepDocument Step, string Code, IReadOnlyList<Finding> Findings)
{
    /// <summary>Whether it tells of the step itself, not of something that the step found.</summary>
    public bool IsOfStep => Code is "step-failed" or "step-refused";

    /// <summary>The worst first, within the same severity in the plan's order.</summary>
    public static IReadOnlyList<AttentionItem> Of(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return
        [
            .. run.Steps.SelectMany(step => OfStep(step, run)).OrderBy(item => item.IsOfStep ? 0 : 1)
                .ThenByDescending(item => item.Severity),
        ];
    }

    private static IEnumerable<AttentionItem> OfStep(StepDocument step, RunDocument run)
    {
        if (IsCause(step, run))
        {
            var code = $"step-{Words.Status(step.Status)}";
            yield return new AttentionItem(Severity.Critical, step, code,
                [new Finding(Severity.Critical, code, step.Reason ?? step.Summary ?? "no reason was recorded", Hint: step.Hint)]);
        }
        foreach (var group in step.Findings.Where(finding => finding.Severity != Severity.Info && !IsTold(finding, step, run)).GroupBy(finding => (finding.Severity, finding.Code, finding.Hint)))
            yield return new AttentionItem(group.Key.Severity, step, group.Key.Code, [.. group]);
    }

    /// <summary>
    /// Whether a step ended badly for a reason of its own. In a refused run every step is refused for the one reason that the headline names;
    /// what waits for a step that failed in this run is told with that one.
    /// </summary>
    internal static bool IsCause(StepDocument step, RunDocument run) => step.Status switch
    {
        StepStatus.Failed => true,
        StepStatus.Refused => run.Status != RunStatus.Refused
            && (step.BlockedBy is not { Count: > 0 } blockers || run.Steps.All(other => !blockers.Contains(other.Id) || other.Status is not (StepStatus.Failed or StepStatus.Refused))),
        _ => false,
    };

    // The reason of a step that failed for what it found says the same once more.
    private static bool IsTold(Finding finding, StepDocument step, RunDocument run) =>
        IsCause(step, run) && (finding.Hint is null || finding.Hint == step.Hint) && step.Reason?.Contains(finding.Message.TrimEnd('.'), StringComparison.Ordinal) == true;
}
