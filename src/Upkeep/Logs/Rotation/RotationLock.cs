using Microsoft.Win32.SafeHandles;
using Upkeep.Files;

namespace Upkeep.Logs.Rotation;

/// <summary>One rotation into a folder at a time; the kernel lets go of it when its holder dies.</summary>
internal static class RotationLock
{
    // Most rotations are done by then.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _betweenTries = TimeSpan.FromMilliseconds(100);

    /// <exception cref="FolderLockedException">Another process has been rotating into the folder all the time.</exception>
    /// <exception cref="IOException">A link stands where the lock is to be.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public static async Task<SafeFileHandle> TakeAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, ".upkeep-rotation.lock");
        var file = Open(path, folder);
        try
        {
            for (var since = time.GetTimestamp(); !UnfollowedFile.TryLock(file); await Task.Delay(_betweenTries, time, cancellationToken))
            {
                if (time.GetElapsedTime(since) > _patience)
                    throw new FolderLockedException(folder, path, _patience);
            }
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SafeFileHandle Open(string path, string folder)
    {
        try
        {
            return UnfollowedFile.OpenOrCreate(path);
        }
        catch (UnauthorizedAccessException problem)
        {
            throw new UnauthorizedAccessException($"{Environment.UserName} may not write into {folder}, where its archives go.", problem);
        }
    }
}
