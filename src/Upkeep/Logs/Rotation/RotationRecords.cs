using System.Text.Json;
using Upkeep.Configuration;
using Upkeep.Files;

namespace Upkeep.Logs.Rotation;

/// <summary>What is asked for.</summary>
/// <param name="Path">The log, absolute.</param>
/// <param name="Folder">Where its archives go, absolute.</param>
public sealed record RotationRequest(string Path, string Folder)
{
    public ArchiveCompression Compression { get; init; } = ArchiveCompression.Zstd;

    /// <summary>A log of fewer bytes stays as it is.</summary>
    public long MinSize { get; init; }
}

/// <summary>What came of one log.</summary>
/// <param name="Lines">Lines that went into the archive.</param>
/// <param name="Bytes">Bytes that went into it, uncompressed.</param>
public sealed record Rotated(string Path, string Archive, long Lines, long Bytes, long ArchiveBytes);

/// <summary>Part of a log, as it was copied into an archive.</summary>
/// <param name="Hash">XXH3 of 128 bits over the bytes, in hexadecimal.</param>
internal sealed record CopiedRange(long Lines, long Bytes, string Hash);

/// <summary>What stands beside an unfinished archive, written before anything of the log is touched: a resume decides by it and nothing else.</summary>
/// <param name="From">Where the archived part begins: behind the mark of the rotation before.</param>
/// <param name="Cut">Where it ends: behind a line end.</param>
/// <param name="Keep">How many bytes, in whole blocks, are taken off the front; the mark goes from there to <paramref name="Cut"/>.</param>
/// <param name="Head">Digest of what is taken off: the mark behind it may have been written in part when we were killed.</param>
internal sealed record CollapseIntent(string Id, string Path, string Archive, ulong Device, ulong Inode, long From, long Cut, long Keep, bool IsJson, DateTimeOffset At, CopiedRange Copied, string Head)
{
    private const string Suffix = ".rotation.json";

    public string Part => Archive + ArchiveName.Unfinished;

    public string File => FileOf(Archive);

    public static string FileOf(string archive) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(archive)!, "." + System.IO.Path.GetFileName(archive) + Suffix);

    /// <summary>Those that a killed rotation of this log left, oldest first.</summary>
    public static IReadOnlyList<CollapseIntent> Left(string path, string folder) =>
    [
        .. Directory.EnumerateFiles(folder, ".*" + Suffix).Select(file => JsonSerializer.Deserialize<CollapseIntent>(System.IO.File.ReadAllBytes(file))!)
            .Where(intent => intent.Path == path).OrderBy(intent => intent.At),
    ];

    /// <summary>Where the log is now: under its name, or under another in the same folder, where somebody renamed it; null where it is gone.</summary>
    public string? Find() =>
        Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(Path)!).Prepend(Path).FirstOrDefault(file => FileFacts.Of(file) is { } facts && (facts.Device, facts.Inode) == (Device, Inode));
}
