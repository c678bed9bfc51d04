using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Upkeep.Files;

/// <summary>The room on a file system, asked of an open folder (fstatvfs(3)), in bytes.</summary>
/// <param name="Free">All that is free, what is reserved for root included: what measures what was freed.</param>
/// <param name="FreeForUs">What an ordinary user may use.</param>
internal readonly partial record struct FileSystemRoom(long Total, long Free, long FreeForUs)
{
    /// <exception cref="IOException">The file system doesn't tell.</exception>
    public static FileSystemRoom Of(int folder) => Ask(folder, out var found) == 0
        ? new FileSystemRoom((long)(found.Blocks * found.BlockSize), (long)(found.Free * found.BlockSize), (long)(found.FreeForUs * found.BlockSize))
        : throw new IOException($"The file system can't be asked for its room: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [LibraryImport("libc", EntryPoint = "fstatvfs", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Ask(int folder, out StatVfs found);

    // As on every 64-bit Linux; the block that the counts are in is f_frsize.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatVfs
    {
        [FieldOffset(8)] public ulong BlockSize;
        [FieldOffset(16)] public ulong Blocks;
        [FieldOffset(24)] public ulong Free;
        [FieldOffset(32)] public ulong FreeForUs;
    }
}
