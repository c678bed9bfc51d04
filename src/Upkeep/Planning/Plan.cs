namespace Upkeep.Planning;

/// <summary>What the plan decided about a step.</summary>
public enum PlanDecision
{
    Run,

    /// <summary>Not in this run: switched off, not asked for, or waived.</summary>
    Skip,

    /// <summary>Would not end in time; comes first next week.</summary>
    Defer,
}

/// <summary>One step of a plan.</summary>
/// <param name="Reason">Why it is skipped, deferred, or planned though not asked for; null where it is plain.</param>
/// <param name="Predicted">How long it should take by its history, or null where there is none.</param>
/// <param name="Deadline">The longest it may take.</param>
public sealed record PlannedStep(StepDefinition Definition, PlanDecision Decision, string? Reason, TimeSpan? Predicted, TimeSpan Deadline);

/// <summary>The steps of a run, in order.</summary>
public sealed record Plan(IReadOnlyList<PlannedStep> Steps);
