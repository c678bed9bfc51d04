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
    private const int ExclusiveLock = 2;
    private const int WithoutWaiting = 4;

    /// <returns>Null where there is none.</returns>
    /// <exception cref="IOException">It is a link, or can't be opened.</exception>
    public static SafeFileHandle? OpenToRead(string path) => Open(path, 0);

    /// <summary>Opens a file to be locked, and makes it where there is none.</summary>
    /// <exception cref="IOException">It is a link, or can't be opened.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static SafeFileHandle OpenOrCreate(string path) => Open(path, PosixOpen.ReadWrite | PosixOpen.Create) ?? throw new DirectoryNotFoundException($"There is no folder {Path.GetDirectoryName(path)}.");

    /// <summary>Locks an open file as .NET does (flock(2)); the kernel lets go of it with the last handle.</summary>
    /// <returns>False where another process has it locked.</returns>
    public static bool TryLock(SafeFileHandle file) => Lock(file, ExclusiveLock | WithoutWaiting) == 0;

    /// <summary>Whether a file is this user's or root's, and nobody else can have written what it holds.</summary>
    public static bool IsOurs(FileFacts file) =>
        file is { IsRegular: true, Links: 1 } && (file.User == 0 || file.User == EffectiveUser()) && (file.Mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0;

    private static SafeFileHandle? Open(string path, int flags)
    {
        var (file, error) = PosixOpen.Open(path, flags | PosixOpen.NonBlocking | PosixOpen.NoFollow, RunFolder.OwnerOnlyFile);
        if (file is not null)
            return file;
        var words = $"{path} can't be opened: {new Win32Exception(error).Message}";
        return error switch
        {
            PosixOpen.Missing => null,
            PosixOpen.NoRights or PosixOpen.NotPermitted => throw new UnauthorizedAccessException(words),
            PosixOpen.TooManyLinks => throw new IOException($"{path} is a link, which is not followed."),
            _ => throw new IOException(words),
        };
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();
}
