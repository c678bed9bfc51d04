using System.Runtime.ExceptionServices;
using Upkeep.Files;

namespace Upkeep.Host.DiskCleanup;

/// <summary>
/// Goes through a folder and those below it, each held open and entered from the one above: never through a link, never onto another mount (bind mounts
/// are others too), and only as long as every folder on the way is still where it was. Memory grows with the depth, not with the number of files.
/// The first folders that lie side by side are walked side by side, a thread for each core: a folder's own entries the kernel takes one after the other.
/// </summary>
internal abstract class FolderWalk(FolderCursor root, string path)
{
    // Each level holds a file descriptor; a PATH_MAX of single letters would be 2,048.
    private const int Deepest = 256;
    // More would wait for the file system's own journal.
    private const int MostThreads = 4;

    private readonly WalkLine _line = new(path);
    private volatile bool _broken;

    /// <summary>What was left, and why.</summary>
    public WalkTally Tally => _line.Tally;

    /// <summary>Asked by every thread.</summary>
    protected abstract bool GoOn { get; }

    /// <summary>Whether folders are walked side by side.</summary>
    protected virtual bool IsWide => true;

    /// <summary>What is left of the root afterwards is the caller's to close.</summary>
    /// <exception cref="IOException">A folder can't be read.</exception>
    public void Run()
    {
        _line.Levels.Add(new WalkLevel(root, -1, _line.Path.Length));
        Walk(_line, 0);
    }

    /// <summary>The entries of one piece of a folder that are no folders, and what the kernel tells of each. Called by several threads, each with its own line.</summary>
    protected abstract void Files(WalkLine line, WalkLevel level);

    /// <summary>A folder below the root has been gone through. Called by several threads.</summary>
    /// <param name="above">The folder that it is in.</param>
    /// <returns>Whether it is gone, or would be.</returns>
    protected abstract bool Leave(WalkLine line, WalkLevel level, WalkLevel above);

    /// <summary>The facts of an entry, where it is a regular file of this mount; else it is counted and stays.</summary>
    protected EntryFacts? FileAt(WalkLine line, WalkLevel level, int entry)
    {
        if (level.Cursor.Look(entry) is not { } facts)
            return null;
        if (facts.Kind == EntryKind.File && facts.IsWith(root.Facts))
            return facts;
        CountOther(line.Tally, facts);
        level.Stay(1);
        return null;
    }

    // Until the line is back at so many levels.
    private void Walk(WalkLine line, int floor)
    {
        var ended = false;
        try
        {
            while (!_broken && line.Levels.Count > floor)
                Step(line, line.Levels[^1]);
            ended = true;
        }
        finally
        {
            _broken |= !ended;
            foreach (var level in line.Levels.Skip(Math.Max(1, floor)))
                level.Cursor.Dispose();
        }
    }

    private void Step(WalkLine line, WalkLevel level)
    {
        if (level.Folders.Count > 1 && !line.IsBeside && IsWide && Environment.ProcessorCount > 1)
        {
            SideBySide(line, level);
        }
        else if (level.TryNext(out var entry))
        {
            if (GoOn)
                Enter(line, level, entry);
        }
        else if (GoOn && IsStillThere(line) && level.Cursor.Read())
        {
            Sort(level);
            Files(line, level);
        }
        else
        {
            Back(line, level);
        }
    }

    private void SideBySide(WalkLine line, WalkLevel level)
    {
        var lines = Enumerable.Range(0, Math.Min(Environment.ProcessorCount, MostThreads)).Select(_ => line.Beside()).ToList();
        try
        {
            Parallel.ForEach(lines, one => Drain(one, level));
        }
        catch (AggregateException problem)
        {
            ExceptionDispatchInfo.Throw(problem.InnerExceptions[0]);
        }
        foreach (var one in lines)
            line.Tally.Add(one.Tally);
    }

    // The folder that all are in is not read on until the last is done, so that its names stay where they are.
    private void Drain(WalkLine line, WalkLevel level)
    {
        var floor = line.Levels.Count;
        while (!_broken && level.TryNext(out var entry))
        {
            if (GoOn)
                Enter(line, level, entry);
            Walk(line, floor);
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

    private void Enter(WalkLine line, WalkLevel level, int entry)
    {
        // Not entered even to look: that alone may mount something.
        if (level.Cursor.Look(entry) is not { Kind: EntryKind.Folder } facts)
            return;
        level.Stay(1);
        if (!facts.IsWith(root.Facts))
        {
            line.Tally.OtherMounts++;
            return;
        }
        if (line.Levels.Count >= Deepest)
        {
            line.Tally.TooDeep++;
            return;
        }
        if (level.Cursor.Enter(entry).Folder is not { } folder)
        {
            line.Tally.Unreadable++;
            return;
        }
        if (!folder.Facts.IsSame(facts) || !folder.Facts.IsWith(root.Facts))
        {
            line.Tally.Moved++;
            folder.Dispose();
            return;
        }
        line.Levels.Add(new WalkLevel(folder, entry, line.Path.Length));
        line.Path.Enter(level.Cursor.Name(entry));
    }

    private void Back(WalkLine line, WalkLevel level)
    {
        line.Levels.RemoveAt(line.Levels.Count - 1);
        if (line.Levels.Count == 0)
            return;
        using (level.Cursor)
        {
            line.Path.Back(level.PathLength);
            var above = line.Levels[^1];
            if (Leave(line, level, above))
                above.Stay(-1);
        }
    }

    // A folder that was moved away while it was open is somebody else's now, wherever it went.
    private static bool IsStillThere(WalkLine line)
    {
        for (var index = 1; index < line.Levels.Count; index++)
        {
            if (line.Levels[index - 1].Cursor.Look(line.Levels[index].Entry) is not { } now || !now.IsSame(line.Levels[index].Cursor.Facts))
            {
                line.Tally.Moved++;
                return false;
            }
        }
        return true;
    }

    private static void CountOther(WalkTally tally, in EntryFacts facts)
    {
        if (facts.Kind == EntryKind.Link)
            tally.Links++;
        else if (facts.Kind == EntryKind.File)
            tally.OtherMounts++;
        else
            tally.Special++;
    }
}
