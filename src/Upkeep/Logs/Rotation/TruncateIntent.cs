using Upkeep.Configuration;

namespace Upkeep.Logs.Rotation;

/// <summary>What stands beside the unfinished archive of a log that is about to be cut to nothing.</summary>
/// <param name="Cut">Up to where it was copied.</param>
internal sealed record TruncateIntent(string Path, string Archive, ulong Device, ulong Inode, long From, long Cut, DateTimeOffset At, CopiedRange Copied) : IRotationIntent
{
    private const string Suffix = ".truncate.json";

    public ArchiveCompression Compression { get; init; }

    public bool IsSound => From >= 0 && Cut >= From;

    public string Part => Archive + ArchiveName.Unfinished;

    public string File => FileOf(Archive);

    public static string FileOf(string archive) => RotationNote.FileOf(archive, Suffix);

    public static IReadOnlyList<TruncateIntent> Left(string path, string folder) =>
        RotationNote.Left<TruncateIntent>(path, folder, Suffix);
}
