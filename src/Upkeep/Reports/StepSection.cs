using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>What the report says of one step.</summary>
/// <param name="Tables">Its figures, a table per set of subjects.</param>
/// <param name="Charts">Figures that a picture tells better; each also stands in a table.</param>
/// <param name="Evidence">The files it left, without the reports themselves: a file can't hold its own digest.</param>
/// <param name="Undo">How to take it back, in words.</param>
public sealed record StepSection(StepDocument Step, Tone Tone, IReadOnlyList<MeasureTable> Tables, IReadOnlyList<BarChart> Charts,
    IReadOnlyList<Artifact> Evidence, string Undo)
{
    /// <summary>Said above the figures of a step that was undone.</summary>
    public const string BeforeUndo = "What follows is from before the undo, and no longer so.";

    /// <summary>Figures over time; each also stands in a table below it.</summary>
    public IReadOnlyList<LineChart> Lines { get; init; } = [];

    /// <summary>Figures day by day.</summary>
    public IReadOnlyList<DayStrip> Strips { get; init; } = [];

    public static StepSection Of(StepDocument step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var timeless = step with { Measures = [.. step.Measures.Where(measure => !LineChart.IsPartOfOne(measure) && !DayStrip.IsPartOfOne(measure))] };
        return new StepSection(step, ToneOf(step), MeasureTable.Of(timeless), BarChart.Of(timeless),
            [.. step.Artifacts.Where(artifact => !ReportFiles.All.Contains(artifact.Path))], UndoOf(step))
        {
            Lines = LineChart.Of(step),
            Strips = DayStrip.Of(step),
        };
    }

    public static Tone ToneOf(StepDocument step) => step switch
    {
        null => throw new ArgumentNullException(nameof(step)),
        // Neither good nor bad: someone took it back.
        { Undo: UndoState.Applied } => Tone.Quiet,
        { Unfinished: not null } => Tone.Attention,
        _ => ToneOf(step.Status),
    };

    private static Tone ToneOf(StepStatus status) => status switch
    {
        StepStatus.Succeeded => Tone.Good,
        StepStatus.Attention => Tone.Attention,
        StepStatus.Failed or StepStatus.Refused => Tone.Bad,
        _ => Tone.Quiet,
    };

    private static string UndoOf(StepDocument step) => step.Undo switch
    {
        UndoState.Available when step.Unfinished is { } half => $"{char.ToUpperInvariant(half[0])}{half[1..]}",
        UndoState.Available => step.UndoHint ?? $"upkeep rollback --step {step.Id}",
        UndoState.Applied => "Undone since, and the undo was proven.",
        UndoState.NotNeeded => step.UndoHint ?? "Nothing was changed, so there is nothing to undo.",
        _ => step.UndoHint ?? (step.Kind == "change" ? "No way back was recorded." : "It only looks; there is nothing to undo."),
    };
}
