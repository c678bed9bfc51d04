using System.Text.Json;
using Upkeep.Journal;

namespace Upkeep.Running;

/// <summary>Takes back what one step of a run did, from its record in the journal.</summary>
/// <param name="explain">Puts exceptions that the doors let through into words, or null where it has none.</param>
public sealed class Undoer(JournalFile journal, Action<RunEvent> tell, Func<Exception, Problem?>? explain = null)
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
        var record = new RunJournal(journal, run);
        var entries = record.Of(id);
        var history = StepHistory.Of(entries);
        if (!history.ActWasIntended || history.Survey is not { } survey)
            return Proof.That($"{id} changed nothing in {run}");
        if (history.WasUndone)
            return Proof.That($"{id} was undone already");
        if (history is { ActIsComplete: true, Acted: { Undo: not UndoState.Available } none })
            return Proof.Missing($"{id} has no way back: {none.UndoHint}");

        StepContext Context(bool undoing) =>
            new(record, step.Definition, folder, entries, stop, progress => tell(new RunEvent.StepMoved(progress)), undoing);
        try
        {
            if (await EffectAsync(step, history, survey, Context(undoing: false), cancellationToken) is not { } effect)
                return Proof.That($"{id} was interrupted before it changed anything that needs undoing");
            record.Append(id, new UndoIntended());
            var proof = await step.UndoUntypedAsync(effect, Context(undoing: true), cancellationToken);
            return End(record, id, history, proof);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Proof.Missing($"the undo of {id} was stopped at once on request", $"Go on with: upkeep rollback {run} --step {id}");
        }
        catch (Exception problem) when (problem is not JournalException)
        {
            var known = problem is IHinted hinted ? new Problem(problem.Message, hinted.Hint)
                : explain?.Invoke(problem) ?? new Problem($"unknown: {problem.GetType().Name}: {problem.Message}", "This was not foreseen. Run it again with --verbose and report it.");
            return End(record, id, history, Proof.Missing(known.What, known.Hint));
        }
    }

    private static async Task<JsonElement?> EffectAsync(Step step, StepHistory history, JsonElement survey, StepContext context, CancellationToken cancellationToken)
    {
        if (history is { ActIsComplete: true, Acted: { } acted })
            return acted.Effect;
        return await step.RecoverUntypedAsync(survey, context, cancellationToken)
            ?? (history.Acted is { Undo: UndoState.Available } partial ? partial.Effect : null);
    }

    private static Proof End(RunJournal record, string id, StepHistory history, Proof proof)
    {
        record.Append(id, new UndoEnded(proof.Holds, proof.Summary, proof.Hint));
        // A step that was killed has no end of its own, and nobody goes on with it now.
        if (proof.Holds && history.Ended is null)
            record.Append(id, new StepEnded(StepStatus.Failed, "interrupted, and undone since", "interrupted before its end, and undone since", null, UndoState.Applied));
        return proof;
    }
}
