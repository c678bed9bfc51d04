using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>Something that a reader might take for done or checked and that was not.</summary>
/// <param name="What"><c>waived</c>, <c>skipped</c>, <c>deferred</c>, <c>refused</c>, <c>undone</c>, or <c>in part</c> for a step that looked at the rest.</param>
/// <param name="Steps">The steps it holds for; none for a waiver.</param>
public sealed record NotChecked(string What, string Reason, string? Hint, IReadOnlyList<StepDocument> Steps)
{
    /// <summary>Waivers first, then the steps in the plan's order, those with the same reason together, then the parts of steps.</summary>
    public static IReadOnlyList<NotChecked> Of(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return
        [
            .. run.Waivers.Select(waiver => new NotChecked("waived", waiver, null, [])),
            .. run.Steps.Where(step => step.Status is StepStatus.Skipped or StepStatus.Deferred or StepStatus.Refused)
                .GroupBy(step => (step.Status, Reason: step.Reason ?? "no reason was recorded", step.Hint))
                .Select(group => new NotChecked(Words.Status(group.Key.Status), group.Key.Reason, group.Key.Hint, [.. group])),
            .. run.Steps.Where(step => step.Undo == UndoState.Applied).GroupBy(_ => "What was done was taken back, and that was proven.")
                .Select(group => new NotChecked("undone", group.Key, null, [.. group])),
            .. run.Steps.Where(step => step.Status is StepStatus.Succeeded or StepStatus.Attention or StepStatus.Failed).SelectMany(Parts),
        ];
    }

    private static IEnumerable<NotChecked> Parts(StepDocument step) =>
        step.Findings.Where(finding => finding.Code.EndsWith(Finding.NotCheckedSuffix, StringComparison.Ordinal))
            .Select(finding => new NotChecked("in part", finding.Message, finding.Hint, [step]));
}
