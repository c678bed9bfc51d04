using System.Globalization;

namespace Upkeep.Files;

/// <summary>Which files and folders processes have open, mapped or as their working folder, as /proc tells it at one moment.</summary>
internal sealed class OpenInodes
{
    private static readonly string _ours = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}");
    private readonly HashSet<(ulong Device, ulong Inode)> _open = [];
    // The device that maps name isn't the one that stat(2) names on every file system (btrfs, overlays): the number alone must do, at the risk of keeping too much.
    private readonly HashSet<ulong> _mapped = [];

    /// <summary>Processes of others, which only root may look into.</summary>
    public int Unseen { get; private set; }

    /// <summary>Looks through all processes once.</summary>
    public static OpenInodes Look()
    {
        var found = new OpenInodes();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            try
            {
                found.Add(process);
            }
            catch (UnauthorizedAccessException)
            {
                found.Unseen++;
            }
            catch (IOException)
            {
                // It ended while it was looked at, and has nothing open any more.
            }
        }
        return found;
    }

    public bool Has(in EntryFacts facts) => _open.Contains((facts.Device, facts.Inode)) || facts.Kind == EntryKind.File && _mapped.Contains(facts.Inode);

    private void Add(string process)
    {
        // The folders that we have open ourselves are those that we are walking through.
        var isOurs = process == _ours;
        // Through the link the kernel answers for the open file itself, also when its name is gone.
        foreach (var link in Directory.EnumerateFileSystemEntries(process + "/fd"))
        {
            if (FileFacts.Behind(link) is { } facts && (facts.IsRegular || !isOurs))
                _open.Add((facts.Device, facts.Inode));
        }
        foreach (var link in new[] { process + "/cwd", process + "/root" })
        {
            if (FileFacts.Behind(link) is { } facts)
                _open.Add((facts.Device, facts.Inode));
        }
        // address, rights, offset, device, inode, name (proc(5)).
        foreach (var line in File.ReadLines(process + "/maps"))
        {
            if (line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries) is [_, _, _, _, var inode, ..] && inode != "0" && ulong.TryParse(inode, CultureInfo.InvariantCulture, out var number))
                _mapped.Add(number);
        }
    }
}
