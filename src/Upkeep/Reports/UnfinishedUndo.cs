using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>An undo that was begun and not finished, or a rollback of the whole: told wherever its run is, with what goes on with it.</summary>
/// <param name="Half">How the undo ended; null where it was cut off.</param>
internal sealed record UnfinishedUndo(string Run, string Step, UndoEnded? Half)
{
    /// <summary>The whole is being rolled back, and not gone back from.</summary>
    public bool IsForward { get; init; }

    private bool IsOfWhole => Step == RunFold.FullRollback;

    private string GoOn => IsForward ? $"upkeep rollback {Run} --full, or take it back: upkeep rollback {Run} --back"
        : IsOfWhole ? $"upkeep rollback {Run} --back" : $"upkeep rollback {Run} --step {Step}";

    private string What => Half is { } half ? $"not wholly undone: {half.Summary.TrimEnd('.')}"
        : IsForward ? "a rollback of the whole database was begun and not finished: which database is live is not certain"
        : IsOfWhole ? "going back from the full rollback was begun and not finished: which database is live is not certain" : "its undo was begun and not finished";

    public string Words => $"{What}; go on with: {GoOn}";

    public Finding Finding => new(IsForward ? Severity.Critical : Severity.Warning, IsForward ? "rollback-not-finished" : "undo-not-finished",
        $"{char.ToUpperInvariant(What[0])}{What[1..]}.", Hint: $"{(Half?.Hint is { } mend ? $"{mend.TrimEnd('.')}. " : "")}Go on with: {GoOn}");
}
