using System.Text.RegularExpressions;

namespace Upkeep.Host.Resources;

/// <summary>A mount.</summary>
/// <param name="Device">Major and minor number.</param>
/// <param name="Root">Which folder of its file system is mounted.</param>
/// <param name="Point">Where.</param>
internal sealed record MountEntry(string Device, string Root, string Point, bool ReadOnly, string Type, IReadOnlyList<string> SuperOptions);

/// <summary>What is mounted where (proc(5), mountinfo).</summary>
internal static partial class MountTable
{
    // Not backed by a block device of this machine, and disks nevertheless.
    private static readonly HashSet<string> _remote = new(StringComparer.Ordinal) { "nfs", "nfs4", "cifs", "smb3", "ceph", "glusterfs", "fuse.glusterfs", "fuse.sshfs", "9p", "virtiofs", "zfs", "lustre", "gpfs", "afs", "bcachefs" };

    public static IReadOnlyList<MountEntry> Read(string table) => [.. table.Split('\n').Select(Entry).OfType<MountEntry>()];

    /// <summary>Disks that can fill, each once, by the place that shows most of it; read-only ones can't.</summary>
    /// <param name="kinds">The kernel's file systems (proc(5), filesystems): those that need no device are marked.</param>
    public static IReadOnlyList<MountEntry> Disks(IReadOnlyList<MountEntry> mounts, string kinds)
    {
        var onDevices = kinds.Split('\n').Where(line => line.StartsWith('\t')).Select(line => line.Trim()).ToHashSet(StringComparer.Ordinal);
        // What was mounted on top of another hides it.
        return [.. mounts.GroupBy(mount => mount.Point).Select(same => same.Last())
            .Where(mount => !mount.ReadOnly && (onDevices.Contains(mount.Type) || mount.Type == "fuseblk" || _remote.Contains(mount.Type) || mount is { Type: "overlay", Point: "/" }))
            .GroupBy(mount => mount.Device).Select(same => same.OrderBy(mount => mount.Root.Length).ThenBy(mount => mount.Point.Length).First())
            .OrderBy(mount => mount.Point, StringComparer.Ordinal)];
    }

    private static MountEntry? Entry(string line)
    {
        var halves = line.Split(" - ", 2);
        var (left, right) = (halves[0].Split(' '), halves.Length == 2 ? halves[1].Split(' ') : []);
        if (left.Length < 6 || right.Length < 3)
            return null;
        string[] super = right[2].Split(',');
        return new MountEntry(left[2], Plain(left[3]), Plain(left[4]), left[5].Split(',').Contains("ro") || super.Contains("ro"), right[0], super);
    }

    private static string Plain(string escaped) => Octal().Replace(escaped, match => ((char)Convert.ToInt32(match.Groups["code"].Value, 8)).ToString());

    [GeneratedRegex(@"\\(?<code>[0-7]{3})", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Octal();
}
