using Microsoft.Win32.SafeHandles;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>
/// Copies a log and cuts it to nothing, only where that was asked for: what is written between the last look and the cut is lost, and nobody
/// can tell how much. It goes on copying until nothing more came, so that the moment is short.
/// </summary>
internal sealed class TruncateRotation(TimeProvider time)
{
    // A writer that is faster than we copy would have us copy for ever.
    private const int MostRounds = 10;

    /// <summary>Finishes what killed rotations of the log have begun.</summary>
    public static RotationOutcome Finish(RotationRequest request) =>
        TruncateIntent.Left(request.Path, request.Folder).Aggregate(RotationOutcome.Told(), (earlier, intent) => Finish(intent, request).After(earlier));

    public RotationOutcome Rotate(RotationRequest request, FileFacts facts, CancellationToken cancellationToken)
    {
        if (LogFile.Positioned(request.Path, facts) is { } unfit)
            return RotationOutcome.Failed(unfit);
        using var log = LogFile.Open(request.Path, facts, FileAccess.ReadWrite);
        var from = LogFile.Start(log);
        if (RandomAccess.GetLength(log) <= from)
            return RotationOutcome.Nothing("it holds nothing that isn't in an archive");
        var archive = ArchiveName.Free(request, time.GetUtcNow());
        TruncateIntent intent;
        try
        {
            var copied = Copy(archive + ArchiveName.Unfinished, log, from, request.Compression, facts, cancellationToken);
            intent = new TruncateIntent(request.Path, archive, facts.Device, facts.Inode, from, from + copied.Bytes, time.GetUtcNow(), copied) { Compression = request.Compression };
            RotationNote.Write(intent.File, intent);
        }
        catch
        {
            RotationNote.Remove(TruncateIntent.FileOf(archive));
            File.Delete(archive + ArchiveName.Unfinished);
            throw;
        }
        var lost = RandomAccess.GetLength(log) - intent.Cut;
        RandomAccess.SetLength(log, 0);
        RandomAccess.FlushToDisk(log);
        return Keep(intent, request,
            lost > 0 ? $"{Amount.Bytes(lost)} that were written to {request.Path} while it was copied are lost, and what came at the very moment of the cut: it was cut to nothing, as asked for (truncate is lossy)."
                : $"{request.Path} was cut to nothing, as asked for: what was written at that very moment is lost (truncate is lossy).");
    }

    private static CopiedRange Copy(string part, SafeFileHandle log, long from, ArchiveCompression compression, FileFacts facts, CancellationToken cancellationToken)
    {
        using var packed = new LogPacker(part, compression);
        var at = from;
        for (var round = 0; round < MostRounds && RandomAccess.GetLength(log) is var end && end > at; round++)
        {
            packed.Take(log, at, end, cancellationToken);
            at = end;
        }
        return packed.Finish((facts, log));
    }

    // Whether the cut happened is told by the file: one that still begins with all that was copied wasn't cut.
    private static RotationOutcome Finish(TruncateIntent intent, RotationRequest request)
    {
        if (FileFacts.Of(intent.Path) is not { IsRegular: true } facts || (facts.Device, facts.Inode) != (intent.Device, intent.Inode))
            return Keep(intent, request, $"{intent.Path} was to be cut to nothing and is another file now: where the one of then is kept, its lines may stand twice, there and in {intent.Archive}.");
        if (facts.Size >= intent.Cut)
        {
            using var log = LogFile.Open(intent.Path, facts, FileAccess.Read);
            if (LogArchive.Hash(log, intent.From, intent.Cut) == intent.Copied.Hash)
                return RotationEnd.Forget(intent);
        }
        return Keep(intent, request);
    }

    private static RotationOutcome Keep(TruncateIntent intent, RotationRequest request, params IReadOnlyList<string> notices) =>
        RotationEnd.Keep(intent, () => Rotated.Of(intent, intent.Copied, LogWay.Truncate), request, notices);
}
