using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Upkeep.Files;

/// <summary>open(2), for what .NET has no word for; the handle is closed for the programs that we start.</summary>
internal static partial class PosixOpen
{
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int NonBlocking = 0x800;

    public const int NotPermitted = 1;
    public const int Missing = 2;
    public const int NoRights = 13;
    public const int NoFolder = 20;
    public const int TooManyLinks = 40;

    public const int CloseOnExec = 0x80000;
    public const int NoAccessTime = 0x40000;

    // These aren't the same on every architecture.
    public static int NoFollow { get; } = IsArm ? 0x8000 : 0x20000;
    public static int Folder { get; } = IsArm ? 0x4000 : 0x10000;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;

    /// <param name="flags">Besides reading only.</param>
    /// <param name="mode">Of a file that is made.</param>
    /// <returns>The file, or why there is none (errno).</returns>
    public static (SafeFileHandle? File, int Error) Open(string path, int flags = 0, UnixFileMode mode = UnixFileMode.None)
    {
        var file = Open(path, flags | CloseOnExec, (int)mode);
        if (!file.IsInvalid)
            return (file, 0);
        var error = Marshal.GetLastPInvokeError();
        file.Dispose();
        return (null, error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);
}
