using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>
/// What is known of one step after so many facts. An attempt that looks anew forgets what the one before it said; one that goes on with
/// an interrupted act keeps what that act's check said, because the check isn't repeated.
/// </summary>
internal sealed class StepFold(PlannedStepRecord planned)
{
    private readonly OrderedDictionary<(string Name, string Unit, string? Subject, Look Look), double> _measures = [];
    private readonly OrderedDictionary<(string Code, string? Subject, string Message), Finding> _findings = [];
    private readonly OrderedDictionary<string, Artifact> _artifacts = [];
    private (int Measures, int Findings) _ofCheck;
    private string _title = planned.Title;
    private string _kind = planned.Kind;
    private string? _looked;
    private DateTimeOffset? _startedAt;
    private JournalEntry? _ended;
    private StepActed? _acted;
    private bool _intended;
    private bool _checkpoints;
    private bool _undone;
    private Fact? _undoing;
    private string _run = "";
    private int _attempts;

    public string Id { get; } = planned.Id;

    /// <summary>Whether its act was carried out to the end, proven or not.</summary>
    public bool IsDone => _acted is { Partial: false };

    public bool NeedsAPerson => _findings.Values.Any(finding => finding.Severity != Severity.Info);

    /// <summary>Whether an undo, or a rollback of the whole, was begun and has not come to its end.</summary>
    public bool IsUnfinished => Unfinished is not null;

    public UndoState Undo => _undone ? UndoState.Applied : Recorded;

    private UnfinishedUndo? Unfinished => _undoing switch
    {
        UndoEnded half => new UnfinishedUndo(_run, Id, half),
        UndoIntended => new UnfinishedUndo(_run, Id, null),
        _ => Id == RunFold.FullRollback && _intended && !IsDone && !_undone ? new UnfinishedUndo(_run, Id, null) { IsForward = true } : null,
    };

    public void Take(JournalEntry entry)
    {
        _run = entry.Run;
        switch (entry.Fact)
        {
            case StepStarted fact: Start(entry, fact); break;
            case StepSurveyed fact: _looked = fact.Summary; break;
            case ActIntended: Intend(); break;
            case CheckpointReached: _checkpoints = true; break;
            case StepActed fact: _acted = fact; break;
            case MeasureTaken { Measure: var taken }: _measures[(taken.Name, taken.Unit, taken.Subject, taken.Look)] = taken.Value; break;
            case FindingRaised { Finding: var raised }: _findings[(raised.Code, raised.Subject, raised.Message)] = raised; break;
            case ArtifactWritten { Artifact: var written }: _artifacts[written.Path] = written; break;
            case StepEnded: _ended = entry; break;
            case UndoIntended fact: _undoing = fact; break;
            case UndoEnded { GivenUp: true }: _undoing = null; break;
            case UndoEnded { Applied: true }: Undone(); break;
            case UndoEnded fact: _undoing = fact; break;
        }
    }

    /// <param name="isReplaced">The database that it worked on is not the live one any more: nothing of it is left to be finished.</param>
    public StepDocument Document(bool runEnded, bool isReplaced)
    {
        var end = _ended?.Fact as StepEnded;
        var begun = _startedAt is not null || end is not null;
        var unfinished = isReplaced ? null : Unfinished;
        return new StepDocument
        {
            Id = Id,
            Procedure = Id.Split('.', 2)[0],
            Title = _title,
            Kind = _kind,
            Status = end?.Status ?? (begun && !runEnded ? StepStatus.Running : StepStatus.Deferred),
            Reason = end is not null ? end.Reason : !begun ? NotBegun(runEnded) : runEnded ? CutOff(unfinished) : null,
            Hint = end?.Hint,
            BlockedBy = end?.BlockedBy,
            Summary = Said(end?.Summary ?? _acted?.Summary, unfinished),
            Looked = _looked,
            StartedAt = _startedAt,
            DurationMs = _startedAt is { } start && _ended is { } done ? (long)Math.Max(0, (done.At - start).TotalMilliseconds) : null,
            PredictedMs = planned.PredictedSeconds is { } seconds && double.IsFinite(seconds) ? (long)(seconds * 1000) : null,
            Attempts = _attempts,
            Measures = Merged(),
            Findings = unfinished is null ? [.. _findings.Values] : [.. _findings.Values, unfinished.Finding],
            Artifacts = [.. _artifacts.Values],
            Undo = Undo,
            UndoHint = _acted?.UndoHint,
            Unfinished = unfinished?.Words,
        };
    }

    // An act that was killed left no effect; its checkpoints are what an undo starts from.
    private UndoState Recorded => _acted?.Undo ?? (_intended && _checkpoints ? UndoState.Available : (_ended?.Fact as StepEnded)?.Undo ?? UndoState.None);

    // What was taken back is not what is, wherever it is told.
    private string? Said(string? summary, UnfinishedUndo? unfinished) => unfinished is not null ? $"{unfinished.Words}{(summary is null ? "" : $"; before that: {summary}")}"
        : _undone && summary is not null ? $"undone since; before that: {summary}" : summary;

    private static string CutOff(UnfinishedUndo? unfinished) => unfinished?.Words ?? "cut off while it was at work; a resume goes on from there";

    private string NotBegun(bool runEnded) => planned.Reason ?? (runEnded ? "not begun before the run ended" : "not begun yet");

    private void Start(JournalEntry entry, StepStarted fact)
    {
        (_title, _kind) = (fact.Title, fact.Kind);
        // What is begun anew after it was undone, or after it had come to its end, has no past.
        if (_undone || (IsDone && _ended?.Fact is StepEnded { Status: StepStatus.Succeeded or StepStatus.Attention }))
            (_intended, _checkpoints, _undone, _undoing, _acted) = (false, false, false, null, null);
        (_startedAt, _ended) = (entry.At, null);
        _attempts++;
        if (!_intended)
            _ofCheck = default;
        Shorten(_measures, _ofCheck.Measures);
        Shorten(_findings, _ofCheck.Findings);
        if (!_intended)
        {
            _artifacts.Clear();
            _looked = null;
        }
    }

    private void Undone()
    {
        (_undone, _undoing) = (true, null);
        // Which rows the live database lacked is no longer so: it is another one.
        if (Id == RunFold.Rows)
            _findings.Clear();
    }

    private void Intend()
    {
        if (!_intended)
            _ofCheck = (_measures.Count, _findings.Count);
        (_intended, _undone) = (true, false);
    }

    private IReadOnlyList<MeasureDocument> Merged() =>
        [.. _measures.GroupBy(measure => (measure.Key.Name, measure.Key.Unit, measure.Key.Subject)).Select(group => new MeasureDocument
        {
            Name = group.Key.Name,
            Unit = group.Key.Unit,
            Subject = group.Key.Subject,
            Before = Value(group.Key, Look.Before),
            After = Value(group.Key, Look.After),
        })];

    // JSON has no word for what isn't a number, and nobody can act on it.
    private double? Value((string Name, string Unit, string? Subject) figure, Look look) =>
        _measures.TryGetValue((figure.Name, figure.Unit, figure.Subject, look), out var value) && double.IsFinite(value) ? value : null;

    private static void Shorten<TKey, TValue>(OrderedDictionary<TKey, TValue> list, int count)
        where TKey : notnull
    {
        while (list.Count > count)
            list.RemoveAt(list.Count - 1);
    }
}
