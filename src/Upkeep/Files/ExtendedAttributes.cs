using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Upkeep.Files;

/// <summary>What a file bears besides owner and mode: access lists, the SELinux label, attributes of users (xattr(7)).</summary>
internal static partial class ExtendedAttributes
{
    private const int NotPermitted = 1;
    private const int NotSupported = 95;
    private const int MostBytes = 64 << 10;
    private const string OfTheSystem = "security.";

    /// <summary>Gives another file those of the first; labels that only the system may give are left where it doesn't let us.</summary>
    /// <exception cref="IOException">One can't be given, for example on a file system that has none.</exception>
    public static void Copy(SafeFileHandle from, SafeFileHandle to, string path)
    {
        var buffer = new byte[MostBytes];
        var length = List(from, buffer, buffer.Length);
        if (length <= 0)
            return;
        foreach (var name in Encoding.UTF8.GetString(buffer, 0, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var size = Get(from, name, buffer, buffer.Length);
            if (size < 0 || Set(to, name, buffer, size, 0) == 0)
                continue;
            var error = Marshal.GetLastPInvokeError();
            if (!(name.StartsWith(OfTheSystem, StringComparison.Ordinal) && error is NotPermitted or NotSupported))
                throw new IOException($"{path} can't be given the attribute {name}: {new Win32Exception(error).Message}");
        }
    }

    [LibraryImport("libc", EntryPoint = "flistxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint List(SafeFileHandle file, [Out] byte[] names, nint size);

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Get(SafeFileHandle file, string name, [Out] byte[] value, nint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Set(SafeFileHandle file, string name, byte[] value, nint size, int flags);
}
