using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>Segments that one transaction of an undo put back; what the undo writes to the journal, before it commits.</summary>
public sealed record RestoreCheckpoint
{
    public required string Leaf { get; init; }
    public required IReadOnlyList<long> Segments { get; init; }

    /// <summary>Null says: the transaction told of last did not commit, forget it.</summary>
    public string? Xid { get; init; }

    /// <summary>Rows put back; fewer than archived where others have their keys now.</summary>
    public long Rows { get; init; }

    public string? Digest { get; init; }

    /// <summary>Rows of these segments that still are in the archive only.</summary>
    public IReadOnlyList<LeftRows> Left { get; init; } = [];
}

/// <summary>Which segments of one table are back already, told by the journal and the server.</summary>
internal sealed class RestoreLedger
{
    private readonly List<RestoreCheckpoint> _groups = [];
    private readonly StepContext _context;
    private readonly string _leaf;

    private RestoreLedger(StepContext context, string leaf)
    {
        _context = context;
        _leaf = leaf;
    }

    public IReadOnlyList<RestoreCheckpoint> Groups => _groups;

    /// <summary>Reads the journal, and asks the server about the last transaction of an interrupted undo.</summary>
    public static async Task<RestoreLedger> OpenAsync(StepContext context, string leaf, DatabaseDoor database, TimeProvider time, CancellationToken cancellationToken)
    {
        var ledger = new RestoreLedger(context, leaf);
        foreach (var group in context.Checkpoints<RestoreCheckpoint>().Where(group => group.Leaf == leaf))
            ledger.Fold(group);
        if (ledger._groups.LastOrDefault() is { } last && await database.FateAsync(last.Xid!, time, cancellationToken) == TransactionFate.Aborted)
            ledger.ForgetLast();
        return ledger;
    }

    /// <summary>Numbers of the segments that are back, but for the rows of theirs that are <see cref="Left"/>.</summary>
    public HashSet<long> Back() => [.. _groups.SelectMany(group => group.Segments)];

    /// <summary>Rows that found their key taken when they were last tried.</summary>
    public IReadOnlyList<LeftRows> Left()
    {
        var left = new SortedDictionary<long, LeftRows>();
        foreach (var group in _groups)
        {
            foreach (var segment in group.Segments)
                left.Remove(segment);
            foreach (var rows in group.Left)
                left[rows.Segment] = rows;
        }
        return [.. left.Values];
    }

    /// <summary>Written down; its transaction commits next.</summary>
    public void Say(IReadOnlyList<Segment> segments, string xid, RowDigest back, IReadOnlyList<LeftRows> left) => Say(new RestoreCheckpoint
    {
        Leaf = _leaf, Segments = [.. segments.Select(segment => segment.Number)], Xid = xid, Rows = back.Rows, Digest = back.Hex, Left = left,
    });

    /// <summary>The transaction that was told of last did not commit.</summary>
    public void ForgetLast() => Say(new RestoreCheckpoint { Leaf = _leaf, Segments = _groups[^1].Segments });

    private void Say(RestoreCheckpoint group)
    {
        _context.Checkpoint(group);
        Fold(group);
    }

    private void Fold(RestoreCheckpoint group)
    {
        if (group.Xid is null)
            _groups.RemoveAt(_groups.Count - 1);
        else
            _groups.Add(group);
    }
}
