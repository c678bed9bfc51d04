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
/// <param name="Definition">With the configuration's priority, and with what it requires in this run.</param>
/// <param name="Reason">Why it is skipped, deferred, planned though not asked for, or bound to be refused; null where it is plain.</param>
/// <param name="Predicted">How long it should take; null for a step that isn't to run.</param>
/// <param name="Deadline">The longest it may take.</param>
public sealed record PlannedStep(StepDefinition Definition, PlanDecision Decision, string? Reason, TimeSpan? Predicted, TimeSpan Deadline)
{
    /// <summary>What <see cref="Predicted"/> rests on, in words.</summary>
    public string? PredictionSource { get; init; }

    /// <summary>When it should begin if all before it takes as long as predicted; null for a step that isn't to run.</summary>
    public DateTimeOffset? ExpectedStart { get; init; }

    /// <summary>In how many runs in a row it was deferred before this one; such a step comes first.</summary>
    public int TimesDeferred { get; init; }
}

/// <summary>The steps of a run, in order; every step there is, also those that are not to run.</summary>
public sealed record Plan(IReadOnlyList<PlannedStep> Steps)
{
    /// <summary>The window planned for; null for a run outside any.</summary>
    public MaintenanceWindow? Window { get; init; }

    /// <summary>When the last step but those that verify and report must have ended; null with no window.</summary>
    public DateTimeOffset? WorkEndsBy { get; init; }

    /// <summary>When the run should be over; null where nothing is to run.</summary>
    public DateTimeOffset? ExpectedEnd { get; init; }

    /// <summary>What the operator should know before starting, in sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
