using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Upkeep.Files;

/// <summary>Changes which file bears which name.</summary>
internal static partial class FileNames
{
    private const int CurrentFolder = -100;
    private const uint BothWays = 2;

    /// <summary>Two files take each other's name at one instant (renameat2(2), RENAME_EXCHANGE): at no moment does either name lead nowhere.</summary>
    /// <exception cref="IOException">One of them is gone, or the file system can't; nothing was changed.</exception>
    public static void Exchange(string one, string other)
    {
        if (Rename(CurrentFolder, one, CurrentFolder, other, BothWays) != 0)
            throw new IOException($"{one} and {other} can't take each other's name: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Rename(int oneFolder, string one, int otherFolder, string other, uint flags);
}
