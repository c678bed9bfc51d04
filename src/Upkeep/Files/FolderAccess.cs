using System.Runtime.InteropServices;

namespace Upkeep.Files;

/// <summary>Asks the kernel what we may do with a folder (access(2)): it knows read-only file systems and access lists, which mode bits don't tell, and leaves no trace.</summary>
internal static partial class FolderAccess
{
    private const int WriteAndEnter = 2 | 1;

    public static bool MayWrite(string folder) => Access(folder, WriteAndEnter) == 0;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Access(string path, int mode);
}
