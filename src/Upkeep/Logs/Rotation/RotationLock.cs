namespace Upkeep.Logs.Rotation;

/// <summary>One rotation into a folder at a time; the kernel lets go of it when its holder dies.</summary>
internal static class RotationLock
{
    /// <exception cref="IOException">Another process rotates into the folder.</exception>
    public static FileStream Take(string folder)
    {
        var path = Path.Combine(folder, ".upkeep-rotation.lock");
        try
        {
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = Files.RunFolder.OwnerOnlyFile });
        }
        catch (IOException problem) when (problem is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new IOException($"Another process rotates into {folder} ({path} is locked).", problem);
        }
    }
}
