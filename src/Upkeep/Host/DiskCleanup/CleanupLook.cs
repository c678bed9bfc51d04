using Upkeep.Files;

namespace Upkeep.Host.DiskCleanup;

/// <summary>Looks at what a rule lets go. Changes nothing, not even a time of reading where that can be helped.</summary>
/// <param name="open">What processes have open; null where that doesn't matter yet.</param>
internal sealed class CleanupLook(FolderCursor root, CleanupJudge judge, OpenInodes? open, CancellationToken cancellationToken) : FolderWalk(root, judge.Rule.Folder)
{
    private const int MostShown = 10;
    // Names of files with several: beyond so many files, those aren't counted as freeing anything.
    private const int MostLinked = 100_000;

    // What the threads of the walk add to together.
    private readonly Lock _gate = new();
    private readonly AgeBands _bands = new();
    private readonly PriorityQueue<NewFile, long> _newest = new();
    private readonly PriorityQueue<GoingFile, long> _oldest = new();
    private readonly Dictionary<(ulong Device, ulong Inode), uint> _linked = [];
    private long _emptyFolders;

    protected override bool GoOn
    {
        get
        {
            cancellationToken.ThrowIfCancellationRequested();
            return true;
        }
    }

    /// <summary>Tells the judge what takes a look at everything to know: the newest, and how old is old enough.</summary>
    /// <param name="wanted">Bytes to be freed; null for all that may go.</param>
    /// <returns>What goes.</returns>
    public (long Files, long Bytes, long EmptyFolders, IReadOnlyList<GoingFile> Oldest) Decide(long? wanted)
    {
        var newest = new HashSet<(ulong, ulong)>();
        foreach (var (file, _) in _newest.UnorderedItems)
        {
            newest.Add((file.Device, file.Inode));
            if (file.Band is not { } band)
                continue;
            _bands.Add(band, -1, -file.Bytes);
            Tally.Newest++;
        }
        judge.Newest = newest;
        var (cut, files, bytes) = _bands.Freeing(wanted ?? long.MaxValue);
        judge.NewestBand = wanted is null ? null : cut;
        var shown = _oldest.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => item.Element).Take((int)Math.Min(files, MostShown));
        return (files, bytes, files == 0 && _emptyFolders == 0 ? 0 : _emptyFolders, [.. shown]);
    }

    protected override void Files(WalkLine line, WalkLevel level)
    {
        line.Piece.Clear();
        foreach (var entry in level.Files)
        {
            if (!judge.Matches(level.Cursor.Name(entry)))
            {
                line.Tally.OtherNames++;
                level.Stay(1);
            }
            else if (FileAt(line, level, entry) is { } facts)
            {
                line.Piece.Add((entry, facts));
            }
        }
        lock (_gate)
        {
            foreach (var (entry, facts) in line.Piece)
            {
                if (!Counted(line, level, entry, facts))
                    level.Stay(1);
            }
        }
    }

    protected override bool Leave(WalkLine line, WalkLevel level, WalkLevel above)
    {
        var goes = judge.Rule is { EmptyFolders: true } && level.Stays == 0 && judge.IsOldFolder(level.Cursor.Facts) && open?.Has(level.Cursor.Facts) != true;
        if (goes)
            Interlocked.Increment(ref _emptyFolders);
        return goes;
    }

    private bool Counted(WalkLine line, WalkLevel level, int entry, in EntryFacts facts)
    {
        var goes = judge.Goes(facts, line.Tally);
        if (goes && open?.Has(facts) == true)
        {
            line.Tally.InUse++;
            goes = false;
        }
        var (band, bytes) = (judge.BandOf(facts), goes ? Freed(facts) : 0);
        if (goes)
        {
            _bands.Add(band, 1, bytes);
            Show(line, level, entry, facts);
        }
        KeepNewest(facts, goes ? band : null, bytes);
        return goes;
    }

    private void KeepNewest(in EntryFacts facts, int? band, long bytes)
    {
        if (judge.Rule.KeepNewest == 0)
            return;
        _newest.Enqueue(new NewFile(facts.Device, facts.Inode, band, bytes), facts.LastUsed);
        if (_newest.Count > judge.Rule.KeepNewest)
            _newest.Dequeue();
    }

    private void Show(WalkLine line, WalkLevel level, int entry, in EntryFacts facts)
    {
        if (_oldest.Count >= MostShown && _oldest.TryPeek(out _, out var youngest) && -facts.LastUsed <= youngest)
            return;
        _oldest.Enqueue(new GoingFile(line.Path.Of(level.Cursor.Name(entry)), facts.Allocated, DateTimeOffset.FromUnixTimeSeconds(facts.LastUsed)), -facts.LastUsed);
        if (_oldest.Count > MostShown)
            _oldest.Dequeue();
    }

    // The last of a file's names frees it.
    private long Freed(in EntryFacts facts)
    {
        if (facts.Links == 1)
            return facts.Allocated;
        var known = _linked.GetValueOrDefault((facts.Device, facts.Inode));
        if (known == 0 && _linked.Count >= MostLinked)
            return 0;
        _linked[(facts.Device, facts.Inode)] = known + 1;
        return known + 1 == facts.Links ? facts.Allocated : 0;
    }

    private readonly record struct NewFile(ulong Device, ulong Inode, int? Band, long Bytes);
}
