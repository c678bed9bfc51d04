using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>One of the few figures that stand at the top.</summary>
/// <param name="Before">What it was, in words, where it was changed.</param>
/// <param name="Note">Where it comes from.</param>
public sealed record KeyFigure(string Label, string? Before, string Value, string? Note)
{
    private const int MostMoves = 3;

    /// <summary>The run in figures, then what its changes moved most.</summary>
    public static IReadOnlyList<KeyFigure> Of(RunDocument run, int notChecked, int attention)
    {
        ArgumentNullException.ThrowIfNull(run);
        var done = run.Steps.Count(step => step.Status is StepStatus.Succeeded or StepStatus.Attention);
        return
        [
            new KeyFigure("Steps done", null, $"{done} / {run.Steps.Count}", null),
            new KeyFigure("Needs a person", null, Words.Figure(attention, "count"), null),
            new KeyFigure("Not checked", null, Words.Figure(notChecked, "count"), null),
            .. Backups(run),
            // What was taken back has moved nothing.
            .. run.Steps.Where(step => step.Kind == "change" && step.Undo != UndoState.Applied).SelectMany(Moves).Take(MostMoves),
        ];
    }

    private static IEnumerable<KeyFigure> Backups(RunDocument run)
    {
        if (BackupStatus.RecoveryOf(run) is { } recovery)
            yield return new KeyFigure("Recovers in", null, Amount.Duration(recovery), "Measured: this run restored the newest backup and proved it");
        if (BackupStatus.DaysOf(run) is { } days)
            yield return new KeyFigure("Days with a backup", null, $"{days.With} / {days.Expected}", null);
    }

    // A sum is only true of what adds up, and only where every part was looked at twice.
    private static IEnumerable<KeyFigure> Moves(StepDocument step) =>
        step.Measures.Where(measure => measure.Unit is "rows" or "bytes")
            .GroupBy(measure => (measure.Name, measure.Unit))
            .Where(group => group.All(measure => measure is { Before: not null, After: not null }))
            .Select(group => (group.Key, Before: group.Sum(measure => measure.Before!.Value), After: group.Sum(measure => measure.After!.Value)))
            .Where(sum => sum.Before != sum.After)
            .Select(sum => new KeyFigure(Words.Label(sum.Key.Name), Words.Figure(sum.Before, sum.Key.Unit), Words.Figure(sum.After, sum.Key.Unit), step.Title))
            .Take(1);
}
