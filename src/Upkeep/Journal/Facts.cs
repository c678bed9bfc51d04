using System.Text.Json;
using System.Text.Json.Serialization;

namespace Upkeep.Journal;

/// <summary>Something that happened, as the journal keeps it. Facts are only ever added, never changed.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "fact")]
[JsonDerivedType(typeof(RunStarted), "run-started")]
[JsonDerivedType(typeof(RunResumed), "run-resumed")]
[JsonDerivedType(typeof(StopRequested), "stop-requested")]
[JsonDerivedType(typeof(LockTakenOver), "lock-taken-over")]
[JsonDerivedType(typeof(RunEnded), "run-ended")]
[JsonDerivedType(typeof(StepStarted), "step-started")]
[JsonDerivedType(typeof(StepSurveyed), "step-surveyed")]
[JsonDerivedType(typeof(ActIntended), "act-intended")]
[JsonDerivedType(typeof(CheckpointReached), "checkpoint-reached")]
[JsonDerivedType(typeof(StepActed), "step-acted")]
[JsonDerivedType(typeof(MeasureTaken), "measure-taken")]
[JsonDerivedType(typeof(FindingRaised), "finding-raised")]
[JsonDerivedType(typeof(ArtifactWritten), "artifact-written")]
[JsonDerivedType(typeof(StepEnded), "step-ended")]
[JsonDerivedType(typeof(UndoIntended), "undo-intended")]
[JsonDerivedType(typeof(UndoCheckpointReached), "undo-checkpoint-reached")]
[JsonDerivedType(typeof(UndoEnded), "undo-ended")]
public abstract record Fact;

/// <summary>The maintenance window of a run, as instants and in the platform's zone.</summary>
public sealed record RunWindow(DateTimeOffset Start, DateTimeOffset End, string TimeZone);

/// <summary>One step of the plan that a run set out with, in order.</summary>
/// <param name="Reason">Why it is in the plan or is left out of it, where that isn't plain.</param>
public sealed record PlannedStepRecord(string Id, string Title, string Kind, double? PredictedSeconds, string? Reason)
{
    /// <summary>True where the plan leaves the step out; a resume leaves it out too.</summary>
    public bool LeftOut { get; init; }
}

public sealed record RunStarted : Fact
{
    public required string Platform { get; init; }
    public required RunWindow? Window { get; init; }
    /// <summary>The run's folder, as an absolute path.</summary>
    public required string Folder { get; init; }
    public required IReadOnlyList<PlannedStepRecord> Steps { get; init; }
    public required string UpkeepVersion { get; init; }
    public required string Host { get; init; }
    public required int ProcessId { get; init; }
    public required string ConfigurationSha256 { get; init; }
    public bool DryRun { get; init; }
    /// <summary>Protections the configuration waives, in words, shown first in the report.</summary>
    public IReadOnlyList<string> Waivers { get; init; } = [];
    /// <summary>What the operator asked for, in words, for example <c>--only database</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}

public sealed record RunResumed(int ProcessId, string Host, string InterruptedBy) : Fact;

public sealed record StopRequested(string Reason) : Fact;

/// <summary>A lock left by a dead process was taken over; <paramref name="Proof"/> says how its death was established.</summary>
public sealed record LockTakenOver(string Owner, string Proof) : Fact;

public sealed record RunEnded(RunStatus Status, string? Reason) : Fact;

public sealed record StepStarted(string Title, string Kind) : Fact;

/// <summary>What the step's check saw and would do.</summary>
/// <param name="Survey">The step's own record, read back on resume.</param>
/// <param name="Summary">The same in one sentence, for a person.</param>
public sealed record StepSurveyed(JsonElement Survey, string Summary) : Fact;

/// <summary>Written and made durable before the step changes anything.</summary>
public sealed record ActIntended : Fact;

/// <summary>Progress of an act that a resumed run goes on from.</summary>
public sealed record CheckpointReached(JsonElement Body) : Fact;

/// <summary>What the step changed, and how to take it back.</summary>
/// <param name="UndoHint">In words: how to undo it, or why there is nothing to undo.</param>
public sealed record StepActed(JsonElement Effect, string Summary, UndoState Undo, string? UndoHint) : Fact
{
    /// <summary>True where work was left: the act stopped at a safe point, or failed half-way. A resumed run acts again.</summary>
    public bool Partial { get; init; }
}

public sealed record MeasureTaken(Measure Measure) : Fact;

public sealed record FindingRaised(Finding Finding) : Fact;

public sealed record ArtifactWritten(Artifact Artifact) : Fact;

/// <summary>How the step ended.</summary>
/// <param name="Reason">Why it was skipped, deferred or refused, or what failed; else null.</param>
public sealed record StepEnded(StepStatus Status, string Summary, string? Reason, string? Hint, UndoState Undo) : Fact
{
    /// <summary>Ids of the steps that it needs and that did not succeed; null where it was not begun for another reason, or ended.</summary>
    public IReadOnlyList<string>? BlockedBy { get; init; }
}

public sealed record UndoIntended : Fact;

public sealed record UndoCheckpointReached(JsonElement Body) : Fact;

/// <summary>How an undo ended; <paramref name="Applied"/> only when it was verified.</summary>
public sealed record UndoEnded(bool Applied, string Summary, string? Hint) : Fact
{
    /// <summary>There is nothing left that it could bring back, so it was ended for good: what the step did stands.</summary>
    public bool GivenUp { get; init; }
}

/// <summary>A fact with its place in the journal.</summary>
/// <param name="Sequence">Position in the journal, counted from 1 without gaps.</param>
/// <param name="Step">The step's id, or null for a fact about the run.</param>
public sealed record JournalEntry(long Sequence, string Run, string? Step, DateTimeOffset At, Fact Fact);
