using Microsoft.Win32.SafeHandles;
using Upkeep.Files;
using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>What is asked of a file before it is rotated in whatever way.</summary>
internal static class LogFile
{
    private const int MostLooks = 20;

    /// <returns>Null where it can be rotated.</returns>
    public static Problem? Unfit(string path, FileFacts? found) => found switch
    {
        null => new Problem($"There is no {path}.", "Look whether somebody else rotates it."),
        { IsLink: true } => new Problem($"{path} is a link.", "Name the file that it leads to."),
        { IsRegular: false } => new Problem($"{path} is no regular file.", "Name a file."),
        { Links: > 1 } => new Problem($"{path} has {found.Links} names (hard links).", "Remove the others: who knows one of them would see this log change, or write on where nobody reads."),
        _ => null,
    };

    /// <exception cref="IOException">It can't be opened, or its name leads to another file by now.</exception>
    public static SafeFileHandle Open(string path, FileFacts expected, FileAccess access)
    {
        var file = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        if (expected.IsSameFile(FileFacts.Of(file)))
            return file;
        file.Dispose();
        throw new IOException($"{path} leads to another file than a moment ago: somebody else rotates it.");
    }

    /// <summary>Where the lines begin: behind the mark that a collapse left, which no archive holds.</summary>
    public static int Start(SafeFileHandle log)
    {
        var head = new byte[RotationMark.Longest];
        return RotationMark.Read(head.AsSpan(0, RandomAccess.Read(log, head, 0))) is { } mark ? mark.Length : 0;
    }

    /// <summary>Whether somebody would write on at a position of their own in a log that became shorter, or might: what can't be looked into is not taken for nobody.</summary>
    /// <returns>Null where nobody would.</returns>
    public static Problem? Positioned(string path, FileFacts facts)
    {
        var open = OpenFiles.Of(facts);
        if (open.Writers.FirstOrDefault(writer => !writer.Appends) is { } other)
            return new Problem($"{other.Name} (process {other.Process}) writes {path} at a position of its own, and would go on behind a hole.", "Let it open the file for appending (O_APPEND), or open it anew after a rename.");
        return open is { Writers.Count: 0, Unseen: > 0 } && FileLease.IsFreeOfWriters(path) is not true
            ? new Problem($"Whether somebody writes to {path} at a position of their own can't be told: {Counted.Of(open.Unseen, "process", "processes")} of others can't be looked into.", "Run it as root.") : null;
    }

    /// <summary>Those who have the log open for writing. Where neither the kernel nor /proc tells for sure, a problem instead.</summary>
    /// <returns>The writers that could be seen, and whether there are any, seen or not.</returns>
    public static (IReadOnlyList<FileWriter> Seen, bool Held, Problem? Unknown) Writers(string path, FileFacts facts)
    {
        var open = OpenFiles.Of(facts);
        var isFree = FileLease.IsFreeOfWriters(path);
        // One that opened or closed it between the two looks (logrotate making it, a writer opening it anew) is found or gone in the next ones.
        for (var again = 0; again < MostLooks && isFree is false && open.Writers.Count == 0; again++)
        {
            open = OpenFiles.Of(facts);
            if (open.Writers.Count == 0)
                isFree = FileLease.IsFreeOfWriters(path);
        }
        return isFree switch
        {
            { } free => (open.Writers, !free, null),
            null when open.Unseen == 0 || open.Writers.Count > 0 => (open.Writers, open.Writers.Count > 0, null),
            null => (open.Writers, true, new Problem($"Whether somebody writes to {path} can't be told: the kernel grants no lease on it, and {Counted.Of(open.Unseen, "process", "processes")} of others can't be looked into.", "Run it as the log's owner or as root.")),
        };
    }
}
