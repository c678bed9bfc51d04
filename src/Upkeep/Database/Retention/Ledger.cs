using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>Which segments of one table count: told by the journal, and where the journal can't know, by the server.</summary>
internal sealed class Ledger
{
    private readonly SortedDictionary<long, Segment> _written = [];
    private readonly HashSet<long> _settled = [];
    private readonly Dictionary<int, long> _newestOfLane = [];
    private readonly Lock _gate = new();
    private readonly StepContext _context;
    private readonly string _leaf;
    private long _last;

    public Ledger(StepContext context, string leaf)
    {
        _context = context;
        _leaf = leaf;
        foreach (var one in context.Checkpoints<RetentionCheckpoint>().Where(one => one.Leaf == leaf))
            Fold(one);
    }

    /// <summary>The segments that count, in the order of their writing. Those of an interrupted run only after <see cref="SettleAsync"/>.</summary>
    public IReadOnlyList<Segment> Segments
    {
        get
        {
            lock (_gate)
                return [.. _written.Values];
        }
    }

    public long Rows => Segments.Sum(segment => segment.Rows);

    /// <summary>Bytes of a file that count.</summary>
    public long Length(string file) => Segments.Where(segment => segment.File == file).Select(segment => segment.Offset + segment.Length).DefaultIfEmpty().Max();

    public long NextNumber() => Interlocked.Increment(ref _last);

    /// <summary>The segment is on disk; its transaction commits next.</summary>
    public void Written(Segment segment) => Say(new RetentionCheckpoint { Leaf = _leaf, Written = segment });

    /// <summary>The commit was seen: nothing is written, for the next segment says it as well.</summary>
    public void Committed(Segment segment)
    {
        lock (_gate)
            _settled.Add(segment.Number);
    }

    public void Dropped(Segment segment) => Say(new RetentionCheckpoint { Leaf = _leaf, Dropped = segment.Number });

    /// <summary>Asks the server about every segment whose commit nobody saw.</summary>
    /// <param name="rowsAreGone">Looks whether a segment's rows left the table, where the server has forgotten the transaction.</param>
    public async Task SettleAsync(DatabaseDoor database, TimeProvider time, Func<Segment, Task<bool>> rowsAreGone, CancellationToken cancellationToken)
    {
        foreach (var segment in Segments.Where(segment => !_settled.Contains(segment.Number)))
        {
            var fate = await database.FateAsync(segment.Xid, time, cancellationToken);
            var counts = fate == TransactionFate.Committed || (fate == TransactionFate.Forgotten && await rowsAreGone(segment));
            Say(counts
                ? new RetentionCheckpoint { Leaf = _leaf, Settled = segment.Number }
                : new RetentionCheckpoint { Leaf = _leaf, Dropped = segment.Number });
        }
    }

    private void Say(RetentionCheckpoint checkpoint)
    {
        _context.Checkpoint(checkpoint);
        Fold(checkpoint);
    }

    private void Fold(RetentionCheckpoint checkpoint)
    {
        lock (_gate)
        {
            if (checkpoint.Written is { } segment)
            {
                _written[segment.Number] = segment;
                _last = Math.Max(_last, segment.Number);
                // A lane writes its next segment only after it saw the commit of the one before.
                if (_newestOfLane.TryGetValue(segment.Lane, out var before))
                    _settled.Add(before);
                _newestOfLane[segment.Lane] = segment.Number;
            }
            if (checkpoint.Settled is { } settled)
                _settled.Add(settled);
            if (checkpoint.Dropped is { } dropped)
                _written.Remove(dropped);
        }
    }
}
