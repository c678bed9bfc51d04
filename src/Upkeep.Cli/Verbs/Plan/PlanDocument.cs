using Upkeep.Cli.Output;
using Upkeep.Cli.Verbs.Schedule;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Planning;

namespace Upkeep.Cli.Verbs.Plan;

/// <summary>A plan as JSON.</summary>
/// <param name="WorkEndsBy">When the last step but those that verify and report must have ended.</param>
/// <param name="Go">False where a go/no-go condition says no as things are now.</param>
/// <param name="Fits">Whether nothing is deferred for want of time.</param>
internal sealed record PlanDocument(int Schema, string Platform, DateTime MadeAt, string TimeZone, WindowDocument Window, DateTime WorkEndsBy, DateTime? ExpectedEnd,
    bool Go, bool Fits, IReadOnlyList<string> Warnings, IReadOnlyList<PlannedStepDocument> Steps)
{
    public static PlanDocument Of(string platform, DateTimeOffset now, LookedPlan looked)
    {
        var plan = looked.Plan;
        return new PlanDocument(1, platform, now.UtcDateTime, plan.Window!.TimeZone, WindowDocument.Of(plan.Window, now), plan.WorkEndsBy!.Value.UtcDateTime,
            plan.ExpectedEnd?.UtcDateTime, !looked.IsNoGo, plan.Steps.All(step => step.Decision != PlanDecision.Defer), plan.Warnings,
            [.. plan.Steps.Select(step => PlannedStepDocument.Of(step, looked))]);
    }
}

/// <summary>One step of a plan as JSON.</summary>
/// <param name="Decision"><c>run</c>, <c>skip</c> or <c>defer</c>.</param>
/// <param name="Reason">Why skipped, deferred, or planned though not asked for.</param>
/// <param name="PredictedMs">Absent for a step that is skipped.</param>
/// <param name="ExpectedStart">If all before it takes as long as predicted; absent where it isn't to run.</param>
/// <param name="Look">What its check saw now; absent where it wasn't asked.</param>
internal sealed record PlannedStepDocument(string Id, string Procedure, string Title, string Kind, string Decision, string? Reason, int Priority,
    IReadOnlyList<string> Requires, long? PredictedMs, string? PredictionSource, DateTime? ExpectedStart, DateTime? ExpectedEnd, long DeadlineMs, int TimesDeferred, LookDocument? Look)
{
    public static PlannedStepDocument Of(PlannedStep step, LookedPlan looked)
    {
        var definition = step.Definition;
        return new PlannedStepDocument(definition.Id, definition.Procedure, definition.Title, StatusWord.Of(definition.Kind), StatusWord.Of(step.Decision), step.Reason, definition.Priority,
            definition.Requires, (long?)step.Predicted?.TotalMilliseconds, step.PredictionSource, step.ExpectedStart?.UtcDateTime, (step.ExpectedStart + step.Predicted)?.UtcDateTime,
            (long)step.Deadline.TotalMilliseconds, step.TimesDeferred, LookDocument.Of(definition, looked));
    }
}

/// <summary>What a step's check saw.</summary>
/// <param name="Verdict"><c>due</c>, <c>nothing-to-do</c>, <c>looked</c>, <c>skipped</c>, <c>refused</c> or <c>failed</c>.</param>
/// <param name="Summary">What is and what would be done, or why it can't be said.</param>
internal sealed record LookDocument(string Verdict, string? Summary, string? Hint, long? TookMs, IReadOnlyList<Finding> Findings)
{
    public static LookDocument? Of(StepDefinition definition, LookedPlan looked) =>
        looked.Looks.TryGetValue(definition.Id, out var seen)
            ? new LookDocument(StatusWord.Of(looked.VerdictOf(definition)), seen.Looked ?? seen.Reason ?? seen.Summary, seen.Hint, seen.DurationMs, seen.Findings)
            : null;
}
