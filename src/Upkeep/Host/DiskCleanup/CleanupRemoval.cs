using System.ComponentModel;
using Upkeep.Files;

namespace Upkeep.Host.DiskCleanup;

/// <summary>Removes what a rule lets go, piece by piece: looked at, noted, held, looked at again, removed.</summary>
/// <param name="rule">Which of the survey's it is.</param>
/// <param name="goOn">Asked before each piece, by several threads.</param>
internal sealed class CleanupRemoval(FolderCursor root, CleanupJudge judge, RemovalNote note, int rule, Func<bool> goOn) : FolderWalk(root, judge.Rule.Folder)
{
    private const int NotEmpty = 39;

    private readonly FolderCursor _root = root;
    private readonly Lazy<OpenInodes> _open = new(OpenInodes.Look);
    private volatile bool _enough;
    private string? _firstRefusal;

    /// <summary>The first file that the kernel refused to remove, and its words.</summary>
    public string? FirstRefusal => _firstRefusal;

    protected override bool GoOn => !_enough && goOn();

    // Else two threads would each remove a piece more than it takes.
    protected override bool IsWide => judge.Rule.KeepFree is null;

    protected override void Files(WalkLine line, WalkLevel level)
    {
        line.Piece.Clear();
        foreach (var entry in level.Files)
        {
            if (!judge.Matches(level.Cursor.Name(entry)))
                line.Tally.OtherNames++;
            else if (FileAt(line, level, entry) is { } facts && judge.Goes(facts, line.Tally))
                line.Piece.Add((entry, facts));
        }
        if (line.Piece.Count == 0)
            return;
        using (var piece = note.Piece(rule))
        {
            foreach (var (entry, facts) in line.Piece)
                piece.Intend(Certain(facts), line.Path.Span, level.Cursor.Name(entry));
            piece.Write();
            foreach (var (entry, facts) in line.Piece)
                Remove(line, level, entry, facts, piece);
            piece.Write();
        }
        _enough = judge.Rule.KeepFree is { } free && _root.Room.FreeForUs >= free;
    }

    protected override bool Leave(WalkLine line, WalkLevel level, WalkLevel above)
    {
        if (!judge.Rule.EmptyFolders || !judge.IsOldFolder(level.Cursor.Facts) || _open.Value.Has(level.Cursor.Facts) || !goOn())
            return false;
        // Whoever put something in, or another folder in its place, has it stay: the kernel removes none that isn't empty.
        if (above.Cursor.Look(level.Entry) is not { } now || !now.IsSame(level.Cursor.Facts))
            return false;
        var error = above.Cursor.RemoveFolder(level.Entry);
        if (error == 0)
            note.FolderGone(rule);
        else if (error != NotEmpty && error != PosixOpen.Missing)
            Refused(line, above.Cursor, level.Entry, error);
        return error == 0;
    }

    private void Remove(WalkLine line, WalkLevel level, int entry, in EntryFacts facts, RemovalPiece piece)
    {
        using var hold = level.Cursor.Hold(entry);
        if (!MayGo(line, hold, facts))
        {
            piece.Keep(Certain(facts), line.Path.Span, level.Cursor.Name(entry));
            return;
        }
        var error = level.Cursor.Remove(entry);
        if (error == 0)
        {
            // Only the kernel knows whether that was the last of its names.
            if (facts.Links > 1 && hold.State == HoldState.Held && hold.Facts.Links == 0)
                piece.Freed(facts.Allocated);
            return;
        }
        piece.Keep(Certain(facts), line.Path.Span, level.Cursor.Name(entry));
        if (error != PosixOpen.Missing)
            Refused(line, level.Cursor, entry, error);
    }

    private static long Certain(in EntryFacts facts) => facts.Links == 1 ? facts.Allocated : 0;

    private void Refused(WalkLine line, FolderCursor folder, int entry, int error)
    {
        line.Tally.Refused++;
        Interlocked.CompareExchange(ref _firstRefusal, $"{line.Path.Of(folder.Name(entry))} can't be removed: {new Win32Exception(error).Message}", null);
    }

    private bool MayGo(WalkLine line, in FileHold hold, in EntryFacts facts)
    {
        switch (hold.State)
        {
            case HoldState.Held:
                // Another file by now, or used since the look.
                if (hold.Facts is var now && now.IsSame(facts) && judge.IsOld(now))
                    return true;
                line.Tally.Young++;
                return false;
            case HoldState.InUse:
                line.Tally.InUse++;
                return false;
            case HoldState.Gone:
                return false;
            default:
                return MayGoByProc(line, facts);
        }
    }

    // Without the kernel's word only a sight of all processes will do.
    private bool MayGoByProc(WalkLine line, in EntryFacts facts)
    {
        if (_open.Value.Has(facts))
            line.Tally.InUse++;
        else if (_open.Value.Unseen > 0 || !Environment.IsPrivilegedProcess)
            line.Tally.Unknown++;
        else
            return true;
        return false;
    }
}
