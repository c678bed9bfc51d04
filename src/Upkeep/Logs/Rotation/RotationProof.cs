using Upkeep.Files;

namespace Upkeep.Logs.Rotation;

/// <summary>Counts again what an archive and its log hold together.</summary>
/// <param name="Archived">What the archive holds now, read to its end.</param>
/// <param name="Live">What the log still held behind it when it was rotated, as it stands there now; null where that isn't told.</param>
/// <param name="Problem">Why they aren't what was written.</param>
internal sealed record RotationProof(CopiedRange? Archived, CopiedRange? Live, string? Problem)
{
    /// <summary>Why what the log held behind the archived part could not be compared; null where it was, or where there was nothing.</summary>
    public string? Uncompared { get; init; }

    /// <param name="isNewest">Whether the log was not rotated again since: then what it held behind the archived part still stands where it was left.</param>
    public static RotationProof Of(Rotated rotated, bool isNewest)
    {
        try
        {
            var archived = LogArchive.Read(rotated.Archive, rotated.Compression);
            if (archived != new CopiedRange(rotated.Lines, rotated.Bytes, rotated.Hash))
                return new RotationProof(archived, null, $"{rotated.Archive} holds {Counted.Of(archived.Lines, "line")} and {archived.Bytes} bytes, and they are not the {Counted.Of(rotated.Lines, "line")} and {rotated.Bytes} bytes that were archived");
            // Somebody else may rotate it too, and have renamed or emptied it meanwhile.
            if (rotated.Rest is not { } rest)
                return new RotationProof(archived, null, null);
            if (!isNewest)
                return new RotationProof(archived, null, null) { Uncompared = $"{rotated.Path} was rotated again since" };
            if (FileFacts.Of(rotated.Path) is not { IsRegular: true } facts || (facts.Device, facts.Inode) != (rotated.Device, rotated.Inode))
                return new RotationProof(archived, null, null) { Uncompared = $"{rotated.Path} is gone or another file by now" };
            using var log = LogFile.Open(rotated.Path, facts, FileAccess.Read);
            if (LogFile.Start(log) != rotated.RestAt)
                return new RotationProof(archived, null, null) { Uncompared = $"somebody else emptied or rewrote {rotated.Path} since" };
            var live = LogArchive.Look(log, rotated.RestAt, rotated.RestAt + rest.Bytes);
            return new RotationProof(archived, live, live == rest ? null : $"behind the archived part {rotated.Path} does not hold what it held before");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new RotationProof(null, null, $"{rotated.Archive} can't be read back: {problem.Message}");
        }
    }
}
