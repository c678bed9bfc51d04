using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Upkeep.Files;
using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>
/// Rotates a log whose writer never opens it again: its lines are copied into an archive, and the blocks that held them are taken off its
/// front, atomically against writers that append. May be killed between any two of its calls; the next call goes on, and the order of the
/// calls is what that rests on.
/// </summary>
public sealed class CollapseRotation(TimeProvider time)
{
    /// <summary>Rotates what can be; finishes first what a killed rotation of the same log has begun.</summary>
    /// <returns>What was archived, nothing where nothing could be, or why not.</returns>
    /// <exception cref="IOException">A file can't be read or written; the log has lost nothing.</exception>
    public (IReadOnlyList<Rotated> Done, Problem? Problem) Rotate(RotationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var only = RotationLock.Take(request.Folder);
        List<Rotated> done = [.. CollapseIntent.Left(request.Path, request.Folder).Select(Finish).OfType<Rotated>()];
        ArchiveName.Sweep(request);
        var facts = FileFacts.Of(request.Path);
        if (Unfit(request.Path, facts) is { } unfit)
            return (done, unfit);
        using var log = Open(request.Path);
        if (facts!.Size < request.MinSize || CollapseCut.Of(log, facts.Size, facts.BlockSize) is not { } cut)
            return (done, null);
        var now = time.GetUtcNow();
        var archive = ArchiveName.Free(request, now);
        var part = archive + ArchiveName.Unfinished;
        CollapseIntent intent;
        try
        {
            var copied = LogArchive.Write(part, log, cut.From, cut.Cut, request.Compression, cancellationToken);
            LogArchive.Prove(part, copied, request.Compression);
            facts.Dress(part);
            intent = new CollapseIntent(Guid.NewGuid().ToString("N"), request.Path, archive, facts.Device, facts.Inode, cut.From, cut.Cut, cut.Keep, cut.IsJson, now, copied,
                LogArchive.Hash(log, cut.From, cut.Keep));
            Note(intent);
        }
        catch
        {
            // Nothing of the log was touched: the intent goes, then the copy, and it is as if nothing had been begun.
            File.Delete(CollapseIntent.FileOf(archive));
            File.Delete(part);
            throw;
        }
        if (Finish(intent) is { } rotated)
            done.Add(rotated);
        return (done, null);
    }

    /// <summary>From here on only the intent and the log itself tell what is left to do, whoever calls.</summary>
    private static Rotated? Finish(CollapseIntent intent)
    {
        // A log that is gone has taken its lines with it: the copy is all that is left of them.
        if (intent.Find() is not { } path)
            return Keep(intent);
        using var log = Open(path);
        return IsMarked(log, 0, intent) || LetGo(log, intent) ? Keep(intent) : Forget(intent);
    }

    // The mark first: whether it stands at its place or at the front tells ever after whether the blocks are gone.
    private static bool LetGo(SafeFileHandle log, CollapseIntent intent)
    {
        // Without the copy the log has the only lines there are.
        if (!File.Exists(intent.Part))
            return false;
        if (!IsMarked(log, intent.Keep, intent))
        {
            // Somebody emptied or overwrote it since: then what stands there now isn't what was copied.
            if (RandomAccess.GetLength(log) < intent.Cut || LogArchive.Hash(log, intent.From, intent.Keep) != intent.Head)
                return false;
            RandomAccess.Write(log, RotationMark.Make(intent.Id, intent.At, intent.IsJson, (int)(intent.Cut - intent.Keep)), intent.Keep);
            RandomAccess.FlushToDisk(log);
        }
        FrontOfFile.Collapse(log, intent.Keep);
        RandomAccess.FlushToDisk(log);
        return true;
    }

    private static bool IsMarked(SafeFileHandle log, long at, CollapseIntent intent)
    {
        var start = new byte[intent.Cut - intent.Keep];
        return RotationMark.Read(start.AsSpan(0, RandomAccess.Read(log, start, at))) is { } mark && mark.Id == intent.Id;
    }

    private static Rotated Keep(CollapseIntent intent)
    {
        var folder = Path.GetDirectoryName(intent.Archive)!;
        if (File.Exists(intent.Part))
            File.Move(intent.Part, intent.Archive, overwrite: false);
        Durable.FlushFolder(folder);
        File.Delete(intent.File);
        Durable.FlushFolder(folder);
        return new Rotated(intent.Path, intent.Archive, intent.Copied.Lines, intent.Copied.Bytes, new FileInfo(intent.Archive).Length);
    }

    // The log still has every line, or somebody else has taken them: a copy would double them.
    private static Rotated? Forget(CollapseIntent intent)
    {
        File.Delete(intent.Part);
        File.Delete(intent.File);
        Durable.FlushFolder(Path.GetDirectoryName(intent.Archive)!);
        return null;
    }

    private static void Note(CollapseIntent intent)
    {
        var beside = intent.File + ".part";
        using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = RunFolder.OwnerOnlyFile }))
        {
            JsonSerializer.Serialize(file, intent);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, intent.File, overwrite: true);
        Durable.FlushFolder(Path.GetDirectoryName(intent.File)!);
    }

    private static SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private static Problem? Unfit(string path, FileFacts? found) => found switch
    {
        null => new Problem($"There is no {path}.", "Look whether somebody else rotates it."),
        { IsLink: true } => new Problem($"{path} is a link.", "Name the file that it leads to."),
        { IsRegular: false } => new Problem($"{path} is no regular file.", "Name a file."),
        { } facts when !FrontOfFile.CanCollapse(Path.GetDirectoryName(path)!, facts.BlockSize) => new Problem(
            $"{path} is on {new DriveInfo(DiskSpace.MountOf(path)).DriveFormat}, which can't let go of a file's front (ext4 and XFS can).", "Let its writer open it anew after a rename, if it can."),
        { } facts when OpenFiles.Of(facts).Writers.FirstOrDefault(writer => !writer.Appends) is { } other => new Problem(
            $"{other.Name} (process {other.Process}) writes {path} at a position of its own, and would go on behind a hole.", "Let it open the file for appending (O_APPEND), or open it anew after a rename."),
        _ => null,
    };
}
