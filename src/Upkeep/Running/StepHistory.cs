using System.Text.Json;
using Upkeep.Journal;

namespace Upkeep.Running;

/// <summary>Where a step of an earlier attempt stands, folded from the journal: what a resume or an undo starts from.</summary>
internal sealed record StepHistory
{
    /// <summary>It ended and needs no repeating.</summary>
    public required StepEnded? Finished { get; init; }

    /// <summary>The survey of an act that was intended and not finished; the act goes on from it.</summary>
    public required JsonElement? Survey { get; init; }

    /// <summary>An act was intended: something may have been changed.</summary>
    public required bool ActWasIntended { get; init; }

    /// <summary>The last recorded effect, complete or partial.</summary>
    public required StepActed? Acted { get; init; }

    /// <summary>The act ended, and only its verification is missing.</summary>
    public required bool OnlyVerificationIsMissing { get; init; }

    public required bool WasUndone { get; init; }

    public static StepHistory Of(string stepId, IReadOnlyList<JournalEntry> entries)
    {
        StepEnded? ended = null;
        JsonElement? survey = null;
        StepActed? acted = null;
        var intended = false;
        var undone = false;
        foreach (var entry in entries.Where(entry => entry.Step == stepId))
        {
            switch (entry.Fact)
            {
                case StepStarted: ended = null; break;
                case StepSurveyed fact: survey = fact.Survey; break;
                case ActIntended: intended = true; undone = false; break;
                case StepActed fact: acted = fact; break;
                case StepEnded fact: ended = fact; break;
                case UndoEnded { Applied: true }: undone = true; break;
            }
        }
        var finished = ended is { Status: StepStatus.Succeeded or StepStatus.Attention or StepStatus.Skipped } ? ended : null;
        return new StepHistory
        {
            Finished = finished,
            Survey = survey,
            ActWasIntended = intended,
            Acted = acted,
            OnlyVerificationIsMissing = intended && acted is not null && ended is null,
            WasUndone = undone,
        };
    }
}
