using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Upkeep.Files;

/// <summary>
/// Opens files in a folder that others may write to: never through a link in the file's own place, which would lead root to whatever they choose,
/// and never waiting for the other end of a pipe.
/// </summary>
internal static partial class UnfollowedFile
{
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int ExclusiveLock = 2;
    private const int WithoutWaiting = 4;
    private const int Missing = 2;
    private const int NoRights = 13;
    private const int NotPermitted = 1;
    private const int TooManyLinks = 40;

    // The one flag of these that isn't the same on every architecture.
    private static readonly int _noFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <returns>Null where there is none.</returns>
    /// <exception cref="IOException">It is a link, or can't be opened.</exception>
    public static SafeFileHandle? OpenToRead(string path) => Open(path, 0);

    /// <summary>Opens a file to be locked, and makes it where there is none.</summary>
    /// <exception cref="IOException">It is a link, or can't be opened.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static SafeFileHandle OpenOrCreate(string path) => Open(path, ReadWrite | Create) ?? throw new DirectoryNotFoundException($"There is no folder {Path.GetDirectoryName(path)}.");

    /// <summary>Locks an open file as .NET does (flock(2)); the kernel lets go of it with the last handle.</summary>
    /// <returns>False where another process has it locked.</returns>
    public static bool TryLock(SafeFileHandle file) => Lock(file, ExclusiveLock | WithoutWaiting) == 0;

    /// <summary>Whether a file is this user's or root's, and nobody else can have written what it holds.</summary>
    public static bool IsOurs(FileFacts file) =>
        file is { IsRegular: true, Links: 1 } && (file.User == 0 || file.User == EffectiveUser()) && (file.Mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0;

    private static SafeFileHandle? Open(string path, int flags)
    {
        var file = Open(path, flags | NonBlocking | CloseOnExec | _noFollow, (int)RunFolder.OwnerOnlyFile);
        if (!file.IsInvalid)
            return file;
        var error = Marshal.GetLastPInvokeError();
        file.Dispose();
        var words = $"{path} can't be opened: {new Win32Exception(error).Message}";
        return error switch
        {
            Missing => null,
            NoRights or NotPermitted => throw new UnauthorizedAccessException(words),
            TooManyLinks => throw new IOException($"{path} is a link, which is not followed."),
            _ => throw new IOException(words),
        };
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();
}
