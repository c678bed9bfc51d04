using Upkeep.Journal;
using Upkeep.Planning;

namespace Upkeep.Running;

/// <summary>Takes back what one step of a run did, from its record in the journal.</summary>
public sealed class Undoer(JournalFile journal, Action<RunEvent> tell)
{
    /// <summary>
    /// Undoes the step: a finished act from its recorded effect, an interrupted one from what its checkpoints tell. Safe to call again
    /// after an interruption.
    /// </summary>
    /// <returns>The proof that everything is back, or why not.</returns>
    public async Task<Proof> UndoAsync(string run, Step step, string folder, StopSignal stop, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(step);
        var id = step.Definition.Id;
        var entries = journal.Read(run);
        var history = StepHistory.Of(id, entries);
        if (!history.ActWasIntended || history.Survey is not { } survey)
            return Proof.That($"{id} changed nothing in {run}");
        if (history.WasUndone)
            return Proof.That($"{id} was undone already");
        if (history.Acted is { Undo: not UndoState.Available } none)
            return Proof.Missing($"{id} has no way back: {none.UndoHint}");

        var recovering = new StepContext(journal, run, step.Definition, folder, entries, stop, Tell);
        var effect = history.Acted is { } acted && history.Finished is not null ? acted.Effect : await step.RecoverUntypedAsync(survey, recovering, cancellationToken);
        effect ??= history.Acted?.Effect;
        if (effect is null)
            return Proof.That($"{id} was interrupted before it changed anything that needs undoing");

        journal.Append(run, id, new UndoIntended());
        var undoing = new StepContext(journal, run, step.Definition, folder, entries, stop, Tell, undoing: true);
        var proof = await step.UndoUntypedAsync(effect.Value, undoing, cancellationToken);
        journal.Append(run, id, new UndoEnded(proof.Holds, proof.Summary, proof.Hint));
        return proof;
    }

    private void Tell(StepProgress progress) => tell(new RunEvent.StepMoved(progress));
}
