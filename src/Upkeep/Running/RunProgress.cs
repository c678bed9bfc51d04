using Upkeep.Journal;
using Upkeep.Planning;

namespace Upkeep.Running;

/// <summary>How far a run has come: what need not be repeated, what was refused, and in the end the verdict.</summary>
internal sealed class RunProgress(RunJournal journal, StopSignal stop)
{
    private bool _worked;
    private bool _stopIsWritten;

    public RunJournal Journal { get; } = journal;

    /// <summary>Which go/no-go gate said no, and why; null while none did.</summary>
    public string? Refusal { get; private set; }

    public bool NeedsNoRepeating(StepDefinition definition, StepHistory history) =>
        history.WasUndone || (history.Finished is not null && !definition.IsGate && !(definition.RunsAfterStop && _worked));

    /// <summary>Why the step is not started after a gate's no, or null where it is: the report is still written.</summary>
    public string? Refuses(StepDefinition definition) =>
        Refusal is null || (definition.RunsAfterStop && definition.Kind != StepKind.Verify) ? null : $"not started: {Refusal}";

    /// <summary>Takes note of how a step ended.</summary>
    /// <param name="began">Whether it was begun at all.</param>
    public void Take(StepDefinition definition, StepEnded end, bool began)
    {
        _worked |= began && definition is { IsGate: false, RunsAfterStop: false };
        if (definition.IsGate && end.Status is (StepStatus.Refused or StepStatus.Failed))
            Refusal ??= $"{definition.Id} said no: {end.Reason}";
        if (stop.IsRequested && !_stopIsWritten)
        {
            Journal.Append(null, new StopRequested(stop.Reason!));
            _stopIsWritten = true;
        }
    }

    /// <summary>Writes how the run ended.</summary>
    /// <param name="cutShort">Whether a step was deferred or interrupted by a stop of the run.</param>
    public RunStatus Close(bool cutShort)
    {
        var entries = Journal.Entries();
        // Refused means that nothing was touched; a run that a gate stops on resume has been begun.
        var begun = entries.Any(entry => entry.Fact is ActIntended);
        var status = RunVerdict.Of(LastEnds(entries), refused: Refusal is not null && !begun, stopped: cutShort || Refusal is not null, undone: WentWithout(entries), warned: WarnedWithoutALook(entries));
        Journal.Append(null, new RunEnded(status, Refusal ?? (cutShort ? stop.Reason : null)));
        return status;
    }

    private static bool WentWithout(IReadOnlyList<JournalEntry> entries) =>
        entries.Where(entry => entry.Step is not null).GroupBy(entry => entry.Step!, StringComparer.Ordinal).Any(ofStep => StepHistory.Of([.. ofStep]).WasUndone);

    // A step that could not look is skipped, whatever it told of why: that is for a person all the same.
    private static bool WarnedWithoutALook(IReadOnlyList<JournalEntry> entries) =>
        entries.Where(entry => entry.Step is not null).GroupBy(entry => entry.Step!, StringComparer.Ordinal).Select(ofStep => ofStep.ToList())
            .Any(ofStep => ofStep.LastOrDefault(entry => entry.Fact is StepEnded) is { Fact: StepEnded { Status: StepStatus.Skipped } }
                && ofStep.Skip(ofStep.FindLastIndex(entry => entry.Fact is StepStarted) + 1).Any(entry => entry.Fact is FindingRaised { Finding.Severity: not Severity.Info }));

    // What a gate's no kept from starting did not fail.
    private StepEnded[] LastEnds(IReadOnlyList<JournalEntry> entries) =>
        [.. entries.Where(entry => entry is { Step: not null, Fact: StepEnded })
            .GroupBy(entry => entry.Step!, StringComparer.Ordinal)
            .Select(group => (StepEnded)group.Last().Fact)
            .Where(end => Refusal is null || end.Status != StepStatus.Refused)];
}
