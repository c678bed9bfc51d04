using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Upkeep.Files;

/// <summary>
/// Takes whole blocks off the front of a file: what comes after them moves up, atomically against writers that append
/// (fallocate(2), FALLOC_FL_COLLAPSE_RANGE; ext4 and XFS can).
/// </summary>
internal static partial class FrontOfFile
{
    private const int CollapseRange = 0x08;

    /// <summary>Whether the file system of a folder can. It is tried on a file of our own, because its name doesn't tell (ext4 without extents can't).</summary>
    /// <param name="blockSize">Bytes of its blocks.</param>
    public static bool CanCollapse(string folder, uint blockSize)
    {
        var probe = Path.Combine(folder, $".upkeep-probe-{Guid.NewGuid():N}");
        using var file = new FileStream(probe, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose, UnixCreateMode = RunFolder.OwnerOnlyFile });
        file.Write(new byte[2 * blockSize]);
        file.Flush();
        return Allocate(file.SafeFileHandle, CollapseRange, 0, blockSize) == 0;
    }

    /// <param name="length">A whole number of the file system's blocks, fewer than the file has.</param>
    /// <exception cref="IOException">The file system can't, or the file has become shorter than that; nothing was changed.</exception>
    public static void Collapse(SafeFileHandle file, long length)
    {
        if (Allocate(file, CollapseRange, 0, length) != 0)
            throw new IOException($"The first {length} bytes can't be taken off the file: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);
}
