using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Upkeep.Files;

/// <summary>
/// Asks the kernel whether anybody has a file open for writing: it grants a read lease (fcntl(2), F_SETLEASE) only while nobody has. It knows
/// of every process, also of those that /proc shows to root alone; it answers to the file's owner and to root, on local file systems.
/// </summary>
public static partial class FileLease
{
    private const int SetLease = 1024;
    private const int SetSignal = 10;
    private const int Shared = 0;
    private const int None = 2;
    private const int Busy = 11;

    // Whoever opens the file while we hold the lease makes the kernel signal us; this one is ignored unless somebody listens, SIGIO would end us.
    private const int Urgent = 23;

    /// <summary>Whether nobody has the file open for writing at this moment; null where the kernel doesn't tell us.</summary>
    /// <exception cref="IOException">The file can't be opened.</exception>
    public static bool? IsFreeOfWriters(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (Control(file, SetSignal, Urgent) != 0)
            return null;
        if (Control(file, SetLease, Shared) != 0)
            return Marshal.GetLastPInvokeError() == Busy ? false : null;
        _ = Control(file, SetLease, None);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(SafeFileHandle file, int command, nint argument);
}
