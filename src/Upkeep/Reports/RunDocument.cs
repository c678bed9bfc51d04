using System.Text.Json;
using System.Text.Json.Serialization;
using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>
/// A run as the command line prints it (<c>--format json</c>) and as <c>run.json</c> holds it: a contract that scripts rely on.
/// Members are added, never renamed. Everything in it comes from the journal.
/// </summary>
public sealed record RunDocument
{
    /// <summary>Version of this shape.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>The run's id, for example <c>weekly-20261122</c>.</summary>
    public required string Run { get; init; }

    /// <summary><c>running</c> until the run's end is in the journal; <c>rolled-back</c> once everything that could be undone was.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Why the run was refused or stopped; else absent.</summary>
    public string? Reason { get; init; }

    public required string Platform { get; init; }

    [JsonConverter(typeof(UtcInstantConverter))]
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Absent while the run goes on.</summary>
    [JsonConverter(typeof(UtcInstantConverter))]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Absent for a run outside any window.</summary>
    public WindowDocument? Window { get; init; }

    /// <summary>True where nothing was to be changed.</summary>
    public bool DryRun { get; init; }

    /// <summary>Protections that the configuration waives, in words.</summary>
    public IReadOnlyList<string> Waivers { get; init; } = [];

    /// <summary>What the operator asked for, in words.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>How often the run was taken up again after an interruption, with what is known of each.</summary>
    public IReadOnlyList<string> Interruptions { get; init; } = [];

    /// <summary>The machine that the run was started on.</summary>
    public string? Host { get; init; }

    public string? UpkeepVersion { get; init; }

    public string? ConfigurationSha256 { get; init; }

    /// <summary>The run's folder, absolute.</summary>
    public string? Folder { get; init; }

    /// <summary>In the order of the plan.</summary>
    public required IReadOnlyList<StepDocument> Steps { get; init; }

    /// <summary>Folds a run's facts, or any beginning of them, into the document.</summary>
    /// <param name="entries">Facts of one run, oldest first, at least one.</param>
    public static RunDocument From(IReadOnlyList<JournalEntry> entries) => RunFold.Document(entries);

    /// <summary>The document as indented JSON, with a line end.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunDocumentJson.Default.RunDocument) + "\n";

    /// <summary>Reads a document that <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not such a document.</exception>
    public static RunDocument Parse(string json) =>
        JsonSerializer.Deserialize(json, RunDocumentJson.Default.RunDocument) ?? throw new JsonException("The text holds null, not a run.");
}

/// <summary>The maintenance window of a run.</summary>
public sealed record WindowDocument
{
    [JsonConverter(typeof(UtcInstantConverter))]
    public required DateTimeOffset Start { get; init; }

    [JsonConverter(typeof(UtcInstantConverter))]
    public required DateTimeOffset End { get; init; }

    /// <summary>IANA id of the platform's zone.</summary>
    public required string TimeZone { get; init; }
}

/// <summary>One step of a run.</summary>
public sealed record StepDocument
{
    public required string Id { get; init; }

    /// <summary>The part of the id before the dot.</summary>
    public required string Procedure { get; init; }

    public required string Title { get; init; }

    /// <summary><c>inspect</c>, <c>change</c> or <c>verify</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>A planned step that was never begun is <c>deferred</c>, with the reason.</summary>
    public required StepStatus Status { get; init; }

    /// <summary>Why skipped, deferred, refused or failed; else absent.</summary>
    public string? Reason { get; init; }

    /// <summary>What to do about the reason.</summary>
    public string? Hint { get; init; }

    /// <summary>Ids of the steps that it needs and that did not succeed: they are the cause to look at.</summary>
    public IReadOnlyList<string>? BlockedBy { get; init; }

    /// <summary>What was done or seen, in a sentence.</summary>
    public string? Summary { get; init; }

    /// <summary>What the step's first look saw, in a sentence; absent where it could not look.</summary>
    public string? Looked { get; init; }

    /// <summary>Begin of the last attempt; absent where there was none.</summary>
    [JsonConverter(typeof(UtcInstantConverter))]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Duration of the last attempt in milliseconds; absent while it goes on.</summary>
    public long? DurationMs { get; init; }

    /// <summary>What its history said it would take, in milliseconds.</summary>
    public long? PredictedMs { get; init; }

    /// <summary>How often it was begun.</summary>
    public int Attempts { get; init; }

    public required IReadOnlyList<MeasureDocument> Measures { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    public required IReadOnlyList<Artifact> Artifacts { get; init; }

    public required UndoState Undo { get; init; }

    /// <summary>How to undo it in words, or why there is no way back.</summary>
    public string? UndoHint { get; init; }

    /// <summary>How far an undo came that was begun and not finished, and how to go on; of <c>rollback.full</c> also the rollback itself. Absent where there is none.</summary>
    public string? Unfinished { get; init; }
}

/// <summary>One figure with what it was before and after. An inspection has one value, in <see cref="Before"/>.</summary>
public sealed record MeasureDocument
{
    public required string Name { get; init; }
    public required string Unit { get; init; }
    public double? Before { get; init; }
    public double? After { get; init; }
    public string? Subject { get; init; }
}

[JsonSerializable(typeof(RunDocument))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class RunDocumentJson : JsonSerializerContext;
