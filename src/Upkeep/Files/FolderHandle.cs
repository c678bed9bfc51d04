using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Upkeep.Files;

/// <summary>
/// A folder held open: what is done to its entries is done in this very folder, even if its name leads elsewhere by now. It is never opened
/// through a link in its own place.
/// </summary>
public sealed partial class FolderHandle : IDisposable
{
    private readonly SafeFileHandle _folder;

    private FolderHandle(SafeFileHandle folder) => _folder = folder;

    /// <exception cref="IOException">It can't be opened, is a link, or no folder.</exception>
    public static FolderHandle Open(string path)
    {
        if (FileFacts.Of(path) is not { IsLink: false } named)
            throw new IOException($"{path} is a link, or gone.");
        // Looked at before and after instead of by O_DIRECTORY and O_NOFOLLOW: it must be the folder that was named, and no other.
        var (handle, error) = PosixOpen.Open(path);
        if (handle is null)
            throw new IOException($"{path} can't be opened: {new Win32Exception(error).Message}");
        if (named.IsSameFile(FileFacts.Of(handle)))
            return new FolderHandle(handle);
        handle.Dispose();
        throw new IOException($"{path} leads elsewhere than a moment ago.");
    }

    /// <summary>The facts of the folder itself.</summary>
    public FileFacts Facts => FileFacts.Of(_folder);

    /// <summary>The facts of an entry, itself and not what it leads to where it is a link; null where there is none.</summary>
    public FileFacts? Of(string name) => FileFacts.In(_folder, name);

    /// <summary>Removes a file's name.</summary>
    /// <exception cref="IOException">It can't be removed.</exception>
    public void Remove(string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException("A name in the folder, not a path.", nameof(name));
        if (Unlink((int)_folder.DangerousGetHandle(), name, 0) != 0)
            throw new IOException($"{name} can't be removed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    public void Dispose() => _folder.Dispose();

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unlink(int folder, string name, int flags);
}
