using System.Text.Json;
using Upkeep.Journal;

namespace Upkeep.Running;

/// <summary>Where a step stands, folded from its facts: what a resume or an undo starts from.</summary>
internal sealed record StepHistory
{
    /// <summary>How it ended, where it needs no repeating: done, or skipped.</summary>
    public required StepEnded? Finished { get; init; }

    /// <summary>How it ended, in whatever way; null while it runs and after a kill.</summary>
    public required StepEnded? Ended { get; init; }

    /// <summary>The survey that the act was intended with; a resumed act goes on from it.</summary>
    public required JsonElement? Survey { get; init; }

    /// <summary>An act was intended: something may have been changed.</summary>
    public required bool ActWasIntended { get; init; }

    /// <summary>The last recorded effect, complete or partial.</summary>
    public required StepActed? Acted { get; init; }

    /// <summary>Nothing of the act is left to do; its verification may be missing or have failed.</summary>
    public required bool ActIsComplete { get; init; }

    /// <summary>An undo was begun and has not been proven: neither acting nor verifying makes sense before it is finished.</summary>
    public required bool UndoIsUnfinished { get; init; }

    public required bool WasUndone { get; init; }

    /// <summary>Sequence of the fact with which it was begun anew, without a past; 0 where it never was.</summary>
    public required long Since { get; init; }

    /// <param name="ofStep">The facts of one step, oldest first.</param>
    public static StepHistory Of(IReadOnlyList<JournalEntry> ofStep)
    {
        var fold = new Fold();
        foreach (var entry in ofStep)
            fold.Take(entry);
        return fold.Done();
    }

    private sealed class Fold
    {
        private StepEnded? _ended;
        private JsonElement? _survey;
        private StepActed? _acted;
        private bool _intended;
        private bool _complete;
        private bool _undoIntended;
        private bool _undone;
        private long _since;

        public void Take(JournalEntry entry)
        {
            switch (entry.Fact)
            {
                // What was begun anew after it was undone, or after it had come to its end, has no past.
                case StepStarted when _undone || (_complete && _ended is { Status: StepStatus.Succeeded or StepStatus.Attention }):
                    (_ended, _survey, _acted, _intended, _complete, _undoIntended) = (null, null, null, false, false, false);
                    _since = entry.Sequence;
                    break;
                case StepStarted:
                    _ended = null;
                    break;
                // Once an act was intended its survey stands: what is left to do is what that survey named.
                case StepSurveyed surveyed when !_intended:
                    _survey = surveyed.Survey;
                    break;
                case ActIntended:
                    (_intended, _complete, _undone) = (true, false, false);
                    break;
                case StepActed acted:
                    (_acted, _complete) = (acted, !acted.Partial);
                    break;
                case StepEnded ended:
                    _ended = ended;
                    break;
                case UndoIntended:
                    _undoIntended = true;
                    break;
                case UndoEnded { GivenUp: true }:
                    _undoIntended = false;
                    break;
                case UndoEnded { Applied: true }:
                    _undone = true;
                    break;
            }
        }

        public StepHistory Done() => new()
        {
            Finished = _ended is { Status: StepStatus.Succeeded or StepStatus.Attention or StepStatus.Skipped } ? _ended : null,
            Ended = _ended,
            Survey = _survey,
            ActWasIntended = _intended,
            Acted = _acted,
            ActIsComplete = _complete,
            UndoIsUnfinished = _undoIntended && !_undone,
            WasUndone = _undone,
            Since = _since,
        };
    }
}
