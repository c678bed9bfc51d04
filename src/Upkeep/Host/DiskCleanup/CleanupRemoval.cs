using System.ComponentModel;
using Upkeep.Files;

namespace Upkeep.Host.DiskCleanup;

/// <summary>Removes what a rule lets go, piece by piece: looked at, noted, held, looked at again, removed.</summary>
/// <param name="rule">Which of the survey's it is.</param>
/// <param name="goOn">Asked before each piece.</param>
internal sealed class CleanupRemoval(FolderCursor root, CleanupJudge judge, RemovalNote note, int rule, Func<bool> goOn) : FolderWalk(root, judge.Rule.Folder)
{
    private const int NotEmpty = 39;

    private readonly FolderCursor _root = root;
    private readonly List<(int Entry, EntryFacts Facts)> _going = [];
    private OpenInodes? _open;
    private bool _enough;

    /// <summary>The first file that the kernel refused to remove, and its words.</summary>
    public string? FirstRefusal { get; private set; }

    protected override bool GoOn => !_enough && goOn();

    protected override void Files(WalkLevel level)
    {
        _going.Clear();
        foreach (var entry in level.Files)
        {
            if (!judge.Matches(level.Cursor.Name(entry)))
                Tally.OtherNames++;
            else if (FileAt(level, entry) is { } facts && judge.Goes(facts, Tally))
                _going.Add((entry, facts));
        }
        if (_going.Count == 0)
            return;
        foreach (var (entry, facts) in _going)
            note.Intend(rule, facts.Links == 1 ? facts.Allocated : 0, Path.Span, level.Cursor.Name(entry));
        note.Flush();
        foreach (var (entry, facts) in _going)
            Remove(level, entry, facts);
        note.Settle();
        _enough = judge.Rule.KeepFree is { } free && _root.Room.FreeForUs >= free;
    }

    protected override bool Leave(WalkLevel level, WalkLevel above)
    {
        if (!judge.Rule.EmptyFolders || !judge.IsOldFolder(level.Cursor.Facts) || (_open ??= OpenInodes.Look()).Has(level.Cursor.Facts) || !goOn())
            return false;
        // Whoever put something in, or another folder in its place, has it stay: the kernel removes none that isn't empty.
        if (above.Cursor.Look(level.Entry) is not { } now || !now.IsSame(level.Cursor.Facts))
            return false;
        var error = above.Cursor.RemoveFolder(level.Entry);
        if (error == 0)
            note.FolderGone(rule);
        else if (error != NotEmpty && error != PosixOpen.Missing)
            Refused(above.Cursor, level.Entry, error);
        return error == 0;
    }

    private void Remove(WalkLevel level, int entry, in EntryFacts facts)
    {
        using var hold = level.Cursor.Hold(entry);
        if (!MayGo(hold, facts))
        {
            note.Keep(rule, Path.Span, level.Cursor.Name(entry), facts.Links == 1 ? facts.Allocated : 0);
            return;
        }
        var error = level.Cursor.Remove(entry);
        if (error == 0)
        {
            // Only the kernel knows whether that was the last of its names.
            if (facts.Links > 1 && hold.State == HoldState.Held && hold.Facts.Links == 0)
                note.Freed(rule, facts.Allocated);
            return;
        }
        note.Keep(rule, Path.Span, level.Cursor.Name(entry), facts.Links == 1 ? facts.Allocated : 0);
        if (error != PosixOpen.Missing)
            Refused(level.Cursor, entry, error);
    }

    private void Refused(FolderCursor folder, int entry, int error)
    {
        Tally.Refused++;
        FirstRefusal ??= $"{Path.Of(folder.Name(entry))} can't be removed: {new Win32Exception(error).Message}";
    }

    private bool MayGo(in FileHold hold, in EntryFacts facts)
    {
        switch (hold.State)
        {
            case HoldState.Held:
                // Another file by now, or used since the look.
                if (hold.Facts is var now && now.IsSame(facts) && judge.IsOld(now))
                    return true;
                Tally.Young++;
                return false;
            case HoldState.InUse:
                Tally.InUse++;
                return false;
            case HoldState.Gone:
                return false;
            default:
                return MayGoByProc(facts);
        }
    }

    // Without the kernel's word only a sight of all processes will do.
    private bool MayGoByProc(in EntryFacts facts)
    {
        _open ??= OpenInodes.Look();
        if (_open.Has(facts))
            Tally.InUse++;
        else if (_open.Unseen > 0 || !Environment.IsPrivilegedProcess)
            Tally.Unknown++;
        else
            return true;
        return false;
    }
}
