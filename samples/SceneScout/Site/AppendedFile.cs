using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SceneScout.Site;

/// <summary>
/// Opens files for appending as shells and loggers do (O_APPEND): the kernel puts each write at the end, whoever else writes or rotates.
/// .NET's own <see cref="FileMode.Append"/> keeps a position of its own instead.
/// </summary>
internal static class AppendedFile
{
    // O_WRONLY, O_CREAT, O_APPEND, O_CLOEXEC.
    private const int Flags = 0x1 | 0x40 | 0x400 | 0x80000;
    private const int OwnerWritesGroupReads = 0x1a0;

    /// <exception cref="IOException">It can't be opened.</exception>
    public static FileStream Open(string path)
    {
        var handle = Open(path, Flags, OwnerWritesGroupReads);
        if (!handle.IsInvalid)
            return new FileStream(handle, FileAccess.Write, bufferSize: 0);
        handle.Dispose();
        throw new IOException($"{path} can't be opened: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);
}
