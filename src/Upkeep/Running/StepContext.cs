using Upkeep.Journal;
using Upkeep.Planning;

namespace Upkeep.Running;

/// <summary>What a running step may say, and what it may know of its run. Everything said goes to the journal.</summary>
/// <remarks>A checkpoint is durable when the call returns; measures, findings and artifacts are once the next checkpoint or phase is.</remarks>
public sealed class StepContext
{
    private readonly RunJournal _journal;
    private readonly IReadOnlyList<JournalEntry> _earlier;
    private readonly Action<StepProgress> _progress;
    private readonly bool _undoing;

    /// <param name="earlier">The step's facts from attempts before this one.</param>
    internal StepContext(RunJournal journal, StepDefinition step, string folder, IReadOnlyList<JournalEntry> earlier,
        StopSignal stop, Action<StepProgress> progress, bool undoing = false)
    {
        _journal = journal;
        _earlier = earlier;
        _progress = progress;
        _undoing = undoing;
        Run = journal.Run;
        Step = step;
        Folder = folder;
        Stop = stop;
    }

    /// <summary>The run's id, for example <c>weekly-20261122</c>.</summary>
    public string Run { get; }

    public StepDefinition Step { get; }

    /// <summary>The run's folder, absolute; a step writes below <c>Folder/procedure</c>. Does not exist in a plan or a dry run.</summary>
    public string Folder { get; }

    /// <summary>The maintenance window this run belongs to, or null where it runs outside of any.</summary>
    public RunWindow? Window => _journal.Entries().Select(entry => entry.Fact).OfType<RunStarted>().FirstOrDefault()?.Window;

    /// <summary>Every fact of this run so far, oldest first: for the steps that tell of the run.</summary>
    public IReadOnlyList<JournalEntry> Facts => _journal.Entries();

    /// <summary>Asked between batches: stop at this safe point?</summary>
    public StopSignal Stop { get; }

    /// <summary>Records a figure taken before the act (or, in an inspection, simply taken).</summary>
    public void Before(string name, double value, string unit, string? subject = null) =>
        _journal.Note(Step.Id, new MeasureTaken(new Measure(name, unit, value, subject, Look.Before)));

    /// <summary>Records a figure taken after the act, or in a verification compared with one before.</summary>
    public void After(string name, double value, string unit, string? subject = null) =>
        _journal.Note(Step.Id, new MeasureTaken(new Measure(name, unit, value, subject, Look.After)));

    /// <summary>Records something the reader should know.</summary>
    public void Raise(Severity severity, string code, string message, string? subject = null, string? hint = null) =>
        _journal.Note(Step.Id, new FindingRaised(new Finding(severity, code, message, subject, hint)));

    /// <summary>Records a file that the step has written below <see cref="Folder"/>. The Files door makes the record.</summary>
    public void Attach(Artifact artifact) => _journal.Note(Step.Id, new ArtifactWritten(artifact));

    /// <summary>Durably records how far the act (or the undo) has come; on resume it is in <see cref="Checkpoints{T}"/>.</summary>
    public void Checkpoint<T>(T body) =>
        _journal.Append(Step.Id, _undoing ? new UndoCheckpointReached(JournalJson.ToElement(body)) : new CheckpointReached(JournalJson.ToElement(body)));

    /// <summary>
    /// The checkpoints that interrupted attempts of this step's act (or undo) left, oldest first; empty at a first attempt, and after an
    /// undo that was proven: what it took back is no longer progress.
    /// </summary>
    public IReadOnlyList<T> Checkpoints<T>() =>
        _undoing ? StepCheckpoints.OfUndo<T>(_earlier) : StepCheckpoints.OfAct<T>(_earlier);

    /// <summary>What another step of this run saw, or null when it has not looked. The shape is a door's or the journal's, never another slice's.</summary>
    public T? SurveyOf<T>(string stepId) where T : class =>
        _journal.Of(stepId).Select(entry => entry.Fact).OfType<StepSurveyed>()
            .Select(surveyed => JournalJson.FromElement<T>(surveyed.Survey))
            .LastOrDefault();

    /// <summary>Tells the terminal how far the work is; nothing of it is kept.</summary>
    /// <param name="done">Amount done, in <paramref name="unit"/>.</param>
    /// <param name="total">The whole, or null where it isn't known.</param>
    public void Progress(double done, double? total, string unit, string? subject = null) =>
        _progress(new StepProgress(Step.Id, done, total, unit, subject));
}

/// <summary>How far a step is, for whoever is looking.</summary>
public sealed record StepProgress(string StepId, double Done, double? Total, string Unit, string? Subject);
