using Upkeep.Configuration;
using Upkeep.Files;

namespace Upkeep.Logs.Rotation;

/// <summary>What stands in the archives' folder while a log is renamed and archived, written before the log is renamed.</summary>
/// <param name="Renamed">The name that the log gets, in its own folder; until then a new empty file bears it.</param>
/// <param name="Archive">The name that its archive will have, which nothing else gets meanwhile.</param>
/// <param name="Inode">Of the log.</param>
/// <param name="NewInode">Of the empty file that takes the log's name.</param>
/// <param name="WasHeld">Whether somebody had the log open for writing.</param>
internal sealed record RenameIntent(string Path, string Renamed, string Archive, ulong Device, ulong Inode, ulong NewInode, bool WasHeld, DateTimeOffset At) : IRotationIntent
{
    private const string Suffix = ".rename.json";
    private const string Ending = ".renamed";

    public ArchiveCompression Compression { get; init; }

    public bool IsLog(FileFacts? file) => file is not null && (file.Device, file.Inode) == (Device, Inode);

    public bool IsNew(FileFacts? file) => file is not null && (file.Device, file.Inode) == (Device, NewInode);

    public bool IsSound => Renamed == NameOf(Path, Archive) && FileFacts.Of(Renamed) is null or { IsRegular: true };

    public string Part => Archive + ArchiveName.Unfinished;

    public string File => FileOf(Archive);

    public static string FileOf(string archive) => RotationNote.FileOf(archive, Suffix);

    /// <summary>What a log is called between its renaming and its removal; hidden, so that patterns which name logs don't find it.</summary>
    public static string NameOf(string path, string archive) =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, $".{System.IO.Path.GetFileNameWithoutExtension(archive)}{Ending}");

    /// <summary>Those that are unfinished, oldest first.</summary>
    public static IReadOnlyList<RenameIntent> Left(string path, string folder) =>
        RotationNote.Left<RenameIntent>(path, folder, Suffix);

    /// <summary>Removes empty files that were to take a log's name when a rotation was killed before it had noted anything.</summary>
    public static void Sweep(string path, IReadOnlyList<RenameIntent> left)
    {
        foreach (var file in Unnoted(path, left).Where(file => FileFacts.Of(file) is { IsRegular: true, Size: 0 }))
            System.IO.File.Delete(file);
    }

    /// <summary>Renamed logs with lines in them that no note names: they are nobody's to remove, and a person's to look at.</summary>
    public static IReadOnlyList<string> Strays(string path, IReadOnlyList<RenameIntent> left) =>
        [.. Unnoted(path, left).Where(file => FileFacts.Of(file) is { IsRegular: true, Size: > 0 }).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Unnoted(string path, IReadOnlyList<RenameIntent> left)
    {
        var (folder, start) = (System.IO.Path.GetDirectoryName(path)!, "." + System.IO.Path.GetFileName(path));
        return Directory.Exists(folder) ? Directory.GetFiles(folder, ".*" + Ending)
            .Where(file => System.IO.Path.GetFileName(file) is var name && name.StartsWith(start, StringComparison.Ordinal) && name.Length >= start.Length + Ending.Length
                && ArchiveName.IsDated(name[start.Length..^Ending.Length]) && left.All(intent => intent.Renamed != file)) : [];
    }
}
