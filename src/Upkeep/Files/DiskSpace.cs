namespace Upkeep.Files;

/// <summary>The room on the file system that holds a folder, in bytes.</summary>
/// <param name="Path">The folder asked for, or the nearest one above it that exists.</param>
/// <param name="FreeBytes">What we may use; what is reserved for root isn't counted.</param>
public sealed record DiskSpace(string Path, long TotalBytes, long FreeBytes)
{
    /// <summary>Free, as a share of the whole.</summary>
    public double FreeShare => TotalBytes == 0 ? 0 : (double)FreeBytes / TotalBytes;

    /// <summary>Where the file system that holds a folder is mounted: folders with the same answer share their room.</summary>
    public static string MountOf(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder) + '/';
        return DriveInfo.GetDrives().Select(drive => drive.Name.TrimEnd('/'))
            .Where(mount => path.StartsWith(mount + '/', StringComparison.Ordinal)).MaxBy(mount => mount.Length) is { Length: > 0 } found ? found : "/";
    }

    /// <summary>The room for <paramref name="folder"/>, or null where the file system can't be asked (no rights on the way to it).</summary>
    public static DiskSpace? Of(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        while (!Directory.Exists(path) && System.IO.Path.GetDirectoryName(path) is { } above)
            path = above;
        try
        {
            var drive = new DriveInfo(path);
            return new DiskSpace(path, drive.TotalSize, drive.AvailableFreeSpace);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
