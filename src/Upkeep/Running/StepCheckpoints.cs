using Upkeep.Journal;

namespace Upkeep.Running;

/// <summary>The checkpoints that count of a step: those since its last undo that was proven, for what that took back is no longer progress.</summary>
public static class StepCheckpoints
{
    /// <param name="ofStep">The step's facts, oldest first.</param>
    /// <returns>Of its act, oldest first.</returns>
    public static IReadOnlyList<T> OfAct<T>(IReadOnlyList<JournalEntry> ofStep) =>
        [.. Since(ofStep).OfType<CheckpointReached>().Select(reached => JournalJson.FromElement<T>(reached.Body))];

    /// <inheritdoc cref="OfAct"/>
    /// <returns>Of its undo, oldest first.</returns>
    public static IReadOnlyList<T> OfUndo<T>(IReadOnlyList<JournalEntry> ofStep) =>
        [.. Since(ofStep).OfType<UndoCheckpointReached>().Select(reached => JournalJson.FromElement<T>(reached.Body))];

    private static IEnumerable<Fact> Since(IReadOnlyList<JournalEntry> ofStep)
    {
        var undone = ofStep.LastOrDefault(entry => entry.Fact is UndoEnded { Applied: true })?.Sequence ?? 0;
        return ofStep.Where(entry => entry.Sequence > undone).Select(entry => entry.Fact);
    }
}
