namespace Upkeep.Journal;

/// <summary>
/// The journal of one run: read once, then kept in step with what is added, so that a run with a hundred thousand checkpoints doesn't
/// read them all again at the end of each step.
/// </summary>
public sealed class RunJournal
{
    // How long a note may wait for a fact that takes it along; someone may be watching.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    private readonly JournalFile _file;
    private readonly Lock _gate = new();
    private readonly List<JournalEntry> _entries;
    private readonly List<NewFact> _noted = [];

    public RunJournal(JournalFile file, string run)
    {
        ArgumentNullException.ThrowIfNull(file);
        _file = file;
        Run = run;
        _entries = [.. file.Read(run)];
    }

    /// <summary>The run's id.</summary>
    public string Run { get; }

    /// <summary>Adds a fact and returns once it, and everything noted before it, is durable.</summary>
    public void Append(string? step, Fact fact)
    {
        lock (_gate)
        {
            _noted.Add(new NewFact(step, _file.Time.GetUtcNow(), fact));
            Flush();
        }
    }

    /// <summary>
    /// Adds a fact that need not be durable before the next appended one: measures and findings, which come by the thousand and mean
    /// nothing without the fact that ends their phase. They are written in its transaction.
    /// </summary>
    public void Note(string step, Fact fact)
    {
        lock (_gate)
        {
            _noted.Add(new NewFact(step, _file.Time.GetUtcNow(), fact));
            if (_noted[^1].At - _noted[0].At > _patience)
                Flush();
        }
    }

    /// <summary>The run's facts so far, oldest first, without the checkpoints left by this process.</summary>
    public IReadOnlyList<JournalEntry> Entries()
    {
        lock (_gate)
        {
            Flush();
            return [.. _entries];
        }
    }

    /// <summary>The facts of one step so far, oldest first, without the checkpoints left by this process.</summary>
    public IReadOnlyList<JournalEntry> Of(string step)
    {
        lock (_gate)
        {
            Flush();
            return [.. _entries.Where(entry => entry.Step == step)];
        }
    }

    private void Flush()
    {
        if (_noted.Count == 0)
            return;
        var added = _file.Append(Run, _noted);
        _noted.Clear();
        // A checkpoint is for the next process; this one knows where it is.
        _entries.AddRange(added.Where(entry => entry.Fact is not (CheckpointReached or UndoCheckpointReached)));
    }
}
