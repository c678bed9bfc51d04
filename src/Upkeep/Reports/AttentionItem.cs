using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>Something that needs a person: a step that failed, or findings of one kind.</summary>
/// <param name="Code">The findings' code, or <c>step-failed</c> and <c>step-refused</c>.</param>
/// <param name="Findings">At least one; all of the same step, code, severity and hint.</param>
public sealed record AttentionItem(Severity Severity, StepDocument Step, string Code, IReadOnlyList<Finding> Findings)
{
    /// <summary>The worst first, within the same severity in the plan's order.</summary>
    public static IReadOnlyList<AttentionItem> Of(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return
        [
            .. run.Steps.SelectMany(step => OfStep(step, run.Status)).OrderBy(item => item.Code is "step-failed" or "step-refused" ? 0 : 1)
                .ThenByDescending(item => item.Severity),
        ];
    }

    private static IEnumerable<AttentionItem> OfStep(StepDocument step, RunStatus run)
    {
        // In a refused run every step is refused for the one reason that the headline names.
        if (step.Status == StepStatus.Failed || (step.Status == StepStatus.Refused && run != RunStatus.Refused))
        {
            var code = $"step-{Words.Status(step.Status)}";
            yield return new AttentionItem(Severity.Critical, step, code,
                [new Finding(Severity.Critical, code, step.Reason ?? step.Summary ?? "no reason was recorded", Hint: step.Hint)]);
        }
        foreach (var group in step.Findings.Where(finding => finding.Severity != Severity.Info).GroupBy(finding => (finding.Severity, finding.Code, finding.Hint)))
            yield return new AttentionItem(group.Key.Severity, step, group.Key.Code, [.. group]);
    }
}
