using System.Runtime.InteropServices;

namespace Upkeep.Files;

/// <summary>How many files a file system can hold, and still can (statvfs(3)): many small ones fill it while there is room left.</summary>
/// <param name="Total">0 where the file system makes them as needed.</param>
public sealed partial record Inodes(long Total, long Free)
{
    /// <returns>Null where it can't be asked.</returns>
    public static Inodes? Of(string folder) => Ask(folder, out var found) == 0 ? new Inodes((long)found.Files, (long)found.FreeForUs) : null;

    [LibraryImport("libc", EntryPoint = "statvfs", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Ask(string path, out StatVfs found);

    // As on every 64-bit Linux.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatVfs
    {
        [FieldOffset(40)] public ulong Files;
        [FieldOffset(56)] public ulong FreeForUs;
    }
}
