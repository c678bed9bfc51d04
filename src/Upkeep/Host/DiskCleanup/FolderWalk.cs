using Upkeep.Files;

namespace Upkeep.Host.DiskCleanup;

/// <summary>
/// Goes through a folder and those below it, each held open and entered from the one above: never through a link, never onto another mount (bind mounts
/// are others too), and only as long as every folder on the way is still where it was. Memory grows with the depth, not with the number of files.
/// </summary>
internal abstract class FolderWalk(FolderCursor root, string path)
{
    // Each level holds a file descriptor; a PATH_MAX of single letters would be 2,048.
    private const int Deepest = 256;

    private readonly List<WalkLevel> _levels = [];

    protected PathBytes Path { get; } = new(path);

    /// <summary>What was left, and why.</summary>
    public WalkTally Tally { get; } = new();

    protected abstract bool GoOn { get; }

    /// <summary>What is left of the root afterwards is the caller's to close.</summary>
    /// <exception cref="IOException">A folder can't be read.</exception>
    public void Run()
    {
        _levels.Add(new WalkLevel(root, -1, Path.Length));
        try
        {
            while (_levels.Count > 0)
                Step(_levels[^1]);
        }
        finally
        {
            foreach (var level in _levels.Skip(1))
                level.Cursor.Dispose();
        }
    }

    /// <summary>The regular files of one piece of a folder, and what the kernel tells of each.</summary>
    protected abstract void Files(WalkLevel level);

    /// <summary>A folder below the root has been gone through.</summary>
    /// <param name="above">The folder that it is in.</param>
    /// <returns>Whether it is gone, or would be.</returns>
    protected abstract bool Leave(WalkLevel level, WalkLevel above);

    /// <summary>The facts of an entry, where it is a regular file of this mount; else it is counted and stays.</summary>
    protected EntryFacts? FileAt(WalkLevel level, int entry)
    {
        if (level.Cursor.Look(entry) is not { } facts)
            return null;
        if (facts.Kind == EntryKind.File && facts.IsWith(root.Facts))
            return facts;
        CountOther(facts);
        level.Stays++;
        return null;
    }

    private void Step(WalkLevel level)
    {
        if (level.Folders.TryDequeue(out var entry))
        {
            if (GoOn)
                Enter(level, entry);
        }
        else if (GoOn && IsStillThere() && level.Cursor.Read())
        {
            Sort(level);
            Files(level);
        }
        else
        {
            Back(level);
        }
    }

    private static void Sort(WalkLevel level)
    {
        level.Files.Clear();
        for (var entry = level.Cursor.Next(-1); entry >= 0; entry = level.Cursor.Next(entry))
        {
            var kind = level.Cursor.KindOf(entry);
            // A file system may not say what an entry is.
            if (kind == EntryKind.Unknown)
                kind = level.Cursor.Look(entry)?.Kind ?? EntryKind.Unknown;
            if (kind == EntryKind.Folder)
                level.Folders.Enqueue(entry);
            else
                level.Files.Add(entry);
        }
    }

    private void Enter(WalkLevel level, int entry)
    {
        // Not entered even to look: that alone may mount something.
        if (level.Cursor.Look(entry) is not { Kind: EntryKind.Folder } facts)
            return;
        level.Stays++;
        if (!facts.IsWith(root.Facts))
        {
            Tally.OtherMounts++;
            return;
        }
        if (_levels.Count >= Deepest)
        {
            Tally.TooDeep++;
            return;
        }
        if (level.Cursor.Enter(entry).Folder is not { } folder)
        {
            Tally.Unreadable++;
            return;
        }
        if (!folder.Facts.IsSame(facts) || !folder.Facts.IsWith(root.Facts))
        {
            Tally.Moved++;
            folder.Dispose();
            return;
        }
        _levels.Add(new WalkLevel(folder, entry, Path.Length));
        Path.Enter(level.Cursor.Name(entry));
    }

    private void Back(WalkLevel level)
    {
        _levels.RemoveAt(_levels.Count - 1);
        if (_levels.Count == 0)
            return;
        Path.Back(level.PathLength);
        var above = _levels[^1];
        if (Leave(level, above))
            above.Stays--;
        level.Cursor.Dispose();
    }

    // A folder that was moved away while it was open is somebody else's now, wherever it went.
    private bool IsStillThere()
    {
        for (var index = 1; index < _levels.Count; index++)
        {
            if (_levels[index - 1].Cursor.Look(_levels[index].Entry) is not { } now || !now.IsSame(_levels[index].Cursor.Facts))
            {
                Tally.Moved++;
                return false;
            }
        }
        return true;
    }

    private void CountOther(in EntryFacts facts)
    {
        if (facts.Kind == EntryKind.Link)
            Tally.Links++;
        else if (facts.Kind == EntryKind.File)
            Tally.OtherMounts++;
        else
            Tally.Special++;
    }
}

/// <summary>One folder of a walk.</summary>
/// <param name="entry">Where its name stands in what was read of the folder above.</param>
/// <param name="pathLength">Of the path to the folder above.</param>
internal sealed class WalkLevel(FolderCursor cursor, int entry, int pathLength)
{
    public FolderCursor Cursor { get; } = cursor;

    public int Entry { get; } = entry;

    public int PathLength { get; } = pathLength;

    /// <summary>Entries of the piece read last that are no folders.</summary>
    public List<int> Files { get; } = [];

    /// <summary>Folders of the piece read last that are still to be entered.</summary>
    public Queue<int> Folders { get; } = new();

    /// <summary>How many entries stay: with none, the folder is empty.</summary>
    public long Stays { get; set; }
}

/// <summary>Entries that a walk left alone, counted by the reason.</summary>
public sealed record WalkTally
{
    /// <summary>Used too lately.</summary>
    public long Young { get; set; }
    /// <summary>Of another name than the pattern.</summary>
    public long OtherNames { get; set; }
    /// <summary>Among the newest that stay.</summary>
    public long Newest { get; set; }
    /// <summary>Enough is free without removing them.</summary>
    public long NotNeeded { get; set; }
    /// <summary>Somebody has them open.</summary>
    public long InUse { get; set; }
    /// <summary>Whether somebody has them open can't be told.</summary>
    public long Unknown { get; set; }
    /// <summary>The kernel refuses to remove them.</summary>
    public long Refused { get; set; }
    public long Links { get; set; }
    /// <summary>Sockets, pipes and devices.</summary>
    public long Special { get; set; }
    /// <summary>Folders and files where something else is mounted.</summary>
    public long OtherMounts { get; set; }
    /// <summary>Folders that aren't ours to read.</summary>
    public long Unreadable { get; set; }
    /// <summary>Folders below the 256th.</summary>
    public long TooDeep { get; set; }
    /// <summary>Folders that were moved or swapped while they were walked.</summary>
    public long Moved { get; set; }
}
