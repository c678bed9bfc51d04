using Upkeep.Configuration;
using Upkeep.Files;

namespace Upkeep.Logs.Rotation;

/// <summary>What stands beside an unfinished archive, written before anything of the log is touched: a resume decides by it and nothing else.</summary>
/// <param name="From">Where the archived part begins: behind the mark of the rotation before.</param>
/// <param name="Cut">Where it ends: behind a line end.</param>
/// <param name="Keep">How many bytes, in whole blocks, are taken off the front; the mark goes from there to <paramref name="Cut"/>.</param>
/// <param name="Head">Digest of what is taken off: the mark behind it may have been written in part when we were killed.</param>
internal sealed record CollapseIntent(string Id, string Path, string Archive, ulong Device, ulong Inode, long From, long Cut, long Keep, bool IsJson, DateTimeOffset At, CopiedRange Copied, string Head) : IRotationIntent
{
    private const string Suffix = ".rotation.json";

    public ArchiveCompression Compression { get; init; }

    /// <summary>Digest of the first bytes that are taken off, up to <see cref="FrontEnd"/>: looked at once more right before they go.</summary>
    public string? Front { get; init; }

    public long FrontEnd => EndOfFront(From, Keep);

    // A block is read at once, so that the look and the act are near each other.
    public static long EndOfFront(long from, long keep) => Math.Min(from + 4096, keep);

    /// <summary>What stood behind the cut when it was decided.</summary>
    public CopiedRange? Rest { get; init; }

    public bool IsSound => Id is { Length: 32 } && From >= 0 && Keep > From && Cut > Keep && Cut - Keep <= RotationMark.Longest;

    public string Part => Archive + ArchiveName.Unfinished;

    public string File => FileOf(Archive);

    public static string FileOf(string archive) => RotationNote.FileOf(archive, Suffix);

    /// <summary>Those that a killed rotation of this log left, oldest first.</summary>
    public static IReadOnlyList<CollapseIntent> Left(string path, string folder) =>
        RotationNote.Left<CollapseIntent>(path, folder, Suffix);

    /// <summary>Where the log is now: under its name, or under another in the same folder, where somebody renamed it; null where it is gone.</summary>
    public string? Find() =>
        Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(Path)!).Prepend(Path).FirstOrDefault(file => FileFacts.Of(file) is { } facts && (facts.Device, facts.Inode) == (Device, Inode));
}
