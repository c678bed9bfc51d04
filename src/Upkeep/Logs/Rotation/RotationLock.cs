using Upkeep.Files;

namespace Upkeep.Logs.Rotation;

/// <summary>One rotation into a folder at a time; the kernel lets go of it when its holder dies.</summary>
internal static class RotationLock
{
    // Most rotations are done by then.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _betweenTries = TimeSpan.FromMilliseconds(100);

    /// <exception cref="IOException">Another process has been rotating into the folder all the time.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public static async Task<FileStream> TakeAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, ".upkeep-rotation.lock");
        for (var since = time.GetTimestamp(); ; await Task.Delay(_betweenTries, time, cancellationToken))
        {
            try
            {
                return new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = RunFolder.OwnerOnlyFile });
            }
            catch (UnauthorizedAccessException problem)
            {
                throw new UnauthorizedAccessException($"{Environment.UserName} may not write into {folder}, where its archives go.", problem);
            }
            catch (IOException problem) when (problem is not (DirectoryNotFoundException or FileNotFoundException))
            {
                if (time.GetElapsedTime(since) > _patience)
                    throw new IOException($"Another process has been rotating into {folder} for {Amount.Duration(_patience)} ({path} is locked).", problem);
            }
        }
    }
}
