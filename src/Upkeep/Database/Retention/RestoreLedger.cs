using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>Segments that one transaction of an undo put back; what the undo writes to the journal, before it commits.</summary>
public sealed record RestoreCheckpoint
{
    public required string Leaf { get; init; }
    public required IReadOnlyList<long> Segments { get; init; }

    /// <summary>Null says: this group's transaction did not commit, forget it.</summary>
    public string? Xid { get; init; }

    /// <summary>Rows put back; fewer than archived where others have their keys now.</summary>
    public long Rows { get; init; }

    public string? Digest { get; init; }

    /// <summary>Rows that were left in the archive because another row has their key.</summary>
    public long Conflicts { get; init; }
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
            ledger.Say(new RestoreCheckpoint { Leaf = leaf, Segments = last.Segments });
        return ledger;
    }

    /// <summary>Numbers of the segments that are back.</summary>
    public HashSet<long> Back() => [.. _groups.SelectMany(group => group.Segments)];

    public void Say(RestoreCheckpoint group)
    {
        _context.Checkpoint(group);
        Fold(group);
    }

    public RestoreCheckpoint Group(IReadOnlyList<Segment> segments, string xid, RowDigest back) => new()
    {
        Leaf = _leaf, Segments = [.. segments.Select(segment => segment.Number)], Xid = xid, Rows = back.Rows, Digest = back.Hex,
        Conflicts = segments.Sum(segment => segment.Rows) - back.Rows,
    };

    private void Fold(RestoreCheckpoint group)
    {
        _groups.RemoveAll(earlier => earlier.Segments.Intersect(group.Segments).Any());
        if (group.Xid is not null)
            _groups.Add(group);
    }
}
