using Upkeep.Files;

namespace Upkeep.Host.Resources;

/// <summary>How full the disks are.</summary>
internal static class DiskLook
{
    /// <summary>Asks side by side, each for a while only: the server of a network mount may be gone, and then nobody answers.</summary>
    public static async Task<(IReadOnlyList<DiskState> Disks, IReadOnlyList<NotSeen> NotSeen)> AtAsync(IReadOnlyList<MountEntry> mounts, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var looks = await Task.WhenAll(mounts.Select(mount => LookAsync(mount, patience, time, cancellationToken)));
        return ([.. looks.Select(look => look.Disk).OfType<DiskState>()], [.. looks.Select(look => look.NotSeen).OfType<NotSeen>()]);
    }

    private static async Task<(DiskState? Disk, NotSeen? NotSeen)> LookAsync(MountEntry mount, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            // On a thread of its own, which may never come back.
            var look = Task.Factory.StartNew(() => Ask(mount), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return (await look.WaitAsync(patience, time, cancellationToken), null);
        }
        catch (TimeoutException)
        {
            return (null, Missed(mount.Point, $"it didn't answer within {Amount.Duration(patience)}"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return (null, Missed(mount.Point, problem.Message));
        }
    }

    private static DiskState? Ask(MountEntry mount)
    {
        // A file that a container brings in is no disk of ours.
        if (File.Exists(mount.Point))
            return null;
        var drive = new DriveInfo(mount.Point);
        var (total, free) = (drive.TotalSize, drive.AvailableFreeSpace);
        var inodes = Inodes.Of(mount.Point) is { Total: > 0 } counted ? new RoomState(counted.Total, counted.Total - counted.Free, counted.Free) : null;
        return new DiskState(mount.Point, mount.Type, new RoomState(total, total - drive.TotalFreeSpace, free), inodes);
    }

    private static NotSeen Missed(string point, string why) =>
        new("resources-disk", $"the room on {point}", why, "Does its server answer (df there)? Where it needn't be looked at, name it under host: resources: exceptMounts.");
}
