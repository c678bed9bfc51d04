using Microsoft.Win32.SafeHandles;
using Upkeep.Files;
using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>
/// Rotates a log whose writer never opens it again: its lines are copied into an archive, and the blocks that held them are taken off its
/// front, atomically against writers that append. May be killed between any two of its calls; the next call goes on, and the order of the
/// calls is what that rests on.
/// </summary>
internal sealed class CollapseRotation(TimeProvider time)
{
    /// <summary>Finishes what killed rotations of the log have begun.</summary>
    public static RotationOutcome Finish(RotationRequest request) =>
        CollapseIntent.Left(request.Path, request.Folder).Aggregate(RotationOutcome.Told(), (earlier, intent) => Finish(intent, request).After(earlier));

    /// <summary>Rotates what can be. The caller holds the lock, and has finished what was unfinished.</summary>
    /// <exception cref="IOException">A file can't be read or written; the log has lost nothing.</exception>
    public RotationOutcome Rotate(RotationRequest request, FileFacts facts, CancellationToken cancellationToken)
    {
        if (Unfit(request.Path, facts) is { } unfit)
            return RotationOutcome.Failed(unfit);
        using var log = LogFile.Open(request.Path, facts, FileAccess.ReadWrite);
        if (CollapseCut.Of(log, facts.Size, facts.BlockSize) is not { } cut)
            return RotationOutcome.Nothing($"no whole block of {Amount.Bytes(facts.BlockSize)} of it can be let go of: it is small, or one line fills it");
        var now = time.GetUtcNow();
        var archive = ArchiveName.Free(request, now);
        var part = archive + ArchiveName.Unfinished;
        CollapseIntent intent;
        try
        {
            var copied = LogArchive.Write(part, log, cut.From, cut.Cut, request.Compression, facts, cancellationToken);
            intent = new CollapseIntent(Guid.NewGuid().ToString("N"), request.Path, archive, facts.Device, facts.Inode, cut.From, cut.Cut, cut.Keep, cut.IsJson, now, copied,
                LogArchive.Hash(log, cut.From, cut.Keep))
            {
                Compression = request.Compression,
                Front = LogArchive.Hash(log, cut.From, CollapseIntent.EndOfFront(cut.From, cut.Keep)),
                Rest = LogArchive.Look(log, cut.Cut, facts.Size),
            };
            RotationNote.Write(intent.File, intent);
        }
        catch
        {
            // Nothing of the log was touched: the intent goes, then the copy, and it is as if nothing had been begun.
            RotationNote.Remove(CollapseIntent.FileOf(archive));
            File.Delete(part);
            throw;
        }
        return Finish(intent, request) is { } finished && finished.Done.Count + finished.Notices.Count > 0 ? finished : RotationOutcome.Nothing("it was emptied or taken away by somebody else meanwhile");
    }

    /// <summary>Why the log can't be collapsed, or null.</summary>
    public static Problem? Unfit(string path, FileFacts facts) => facts switch
    {
        _ when !FrontOfFile.CanCollapse(Path.GetDirectoryName(path)!, facts.BlockSize) => new Problem(
            $"{path} is on {new DriveInfo(DiskSpace.MountOf(path)).DriveFormat}, which can't let go of a file's front (ext4 and XFS can).", "Let its writer open it anew after a rename, if it can: say how it is told (reopen)."),
        _ => LogFile.Positioned(path, facts),
    };

    /// <summary>From here on only the intent and the log itself tell what is left to do, whoever calls.</summary>
    private static RotationOutcome Finish(CollapseIntent intent, RotationRequest request)
    {
        // A log that is gone has taken its lines with it: the copy may be all that is left of them.
        if (intent.Find() is not { } path)
            return Keep(intent, request, $"The {intent.Path} of a rotation that was killed isn't in its folder any more: where somebody keeps it elsewhere, its lines may stand twice, there and in {intent.Archive}.");
        using var log = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        return (IsMarked(log, 0, intent) ? Front.IsGone : LetGo(log, intent)) switch
        {
            Front.IsGone => Keep(intent, request),
            Front.Changed => Keep(intent, request, $"Somebody changed {path} at the very moment of its rotation, and nothing was cut off: some of its lines may stand twice, there and in {intent.Archive}."),
            _ => RotationEnd.Forget(intent),
        };
    }

    private enum Front
    {
        /// <summary>The log has every line that it had.</summary>
        Stays,
        IsGone,
        /// <summary>The mark was written over lines that only the copy has now, and then somebody else changed the log.</summary>
        Changed,
    }

    // The mark first: whether it stands at its place or at the front tells ever after whether the blocks are gone.
    private static Front LetGo(SafeFileHandle log, CollapseIntent intent)
    {
        // Without the copy the log has the only lines there are.
        if (!File.Exists(intent.Part))
            return Front.Stays;
        if (!IsMarked(log, intent.Keep, intent))
        {
            // Somebody emptied or overwrote it since: then what stands there now isn't what was copied.
            if (RandomAccess.GetLength(log) < intent.Cut || LogArchive.Hash(log, intent.From, intent.Keep) != intent.Head)
                return Front.Stays;
            RandomAccess.Write(log, RotationMark.Make(intent.Id, intent.At, intent.IsJson, (int)(intent.Cut - intent.Keep)), intent.Keep);
            RandomAccess.FlushToDisk(log);
        }
        // The flush takes its time, and a kill far longer. What is left is the moment between this look and the next call, in which somebody would
        // have to empty the log and fill it again beyond the cut: the kernel has no call that compares and cuts at once.
        if (RandomAccess.GetLength(log) < intent.Cut || !IsMarked(log, intent.Keep, intent) || (intent.Front is { } front && LogArchive.Hash(log, intent.From, intent.FrontEnd) != front))
            return Front.Changed;
        FrontOfFile.Collapse(log, intent.Keep);
        RandomAccess.FlushToDisk(log);
        return Front.IsGone;
    }

    private static bool IsMarked(SafeFileHandle log, long at, CollapseIntent intent)
    {
        var start = new byte[intent.Cut - intent.Keep];
        return RotationMark.Read(start.AsSpan(0, RandomAccess.Read(log, start, at))) is { } mark && mark.Id == intent.Id;
    }

    private static RotationOutcome Keep(CollapseIntent intent, RotationRequest request, params IReadOnlyList<string> notices) => RotationEnd.Keep(intent,
        () => Rotated.Of(intent, intent.Copied, Configuration.LogWay.Collapse) with { Rest = intent.Rest, RestAt = intent.Cut - intent.Keep, Device = intent.Device, Inode = intent.Inode }, request, notices);
}
