using Upkeep.Files;

namespace Upkeep.Host.DiskCleanup;

/// <summary>Where one thread of a walk is: the folders from the root down to the one that it is in.</summary>
internal sealed class WalkLine
{
    public WalkLine(string path) => Path = new PathBytes(path);

    private WalkLine(WalkLine beside) => (IsBeside, Levels, Path) = (true, [.. beside.Levels], beside.Path.Copy());

    /// <summary>Whether it is one of several.</summary>
    public bool IsBeside { get; }

    public List<WalkLevel> Levels { get; } = [];

    public PathBytes Path { get; }

    public WalkTally Tally { get; } = new();

    /// <summary>Room for what is looked at together.</summary>
    public List<(int Entry, EntryFacts Facts)> Piece { get; } = [];

    /// <summary>A line for another thread, in the same folder; it counts from nothing.</summary>
    public WalkLine Beside() => new(this);
}

/// <summary>One folder of a walk.</summary>
/// <param name="entry">Where its name stands in what was read of the folder above.</param>
/// <param name="pathLength">Of the path to the folder above.</param>
internal sealed class WalkLevel(FolderCursor cursor, int entry, int pathLength)
{
    private long _stays;

    public FolderCursor Cursor { get; } = cursor;

    public int Entry { get; } = entry;

    public int PathLength { get; } = pathLength;

    /// <summary>Entries of the piece read last that are no folders.</summary>
    public List<int> Files { get; } = [];

    /// <summary>Folders of the piece read last that are still to be entered.</summary>
    public Queue<int> Folders { get; } = new();

    /// <summary>How many entries stay: with none, the folder is empty.</summary>
    public long Stays => Interlocked.Read(ref _stays);

    public void Stay(int entries) => Interlocked.Add(ref _stays, entries);

    /// <summary>Takes the next folder to be entered; each goes to one thread.</summary>
    public bool TryNext(out int entry)
    {
        lock (Folders)
            return Folders.TryDequeue(out entry);
    }
}
