using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Upkeep.Files;

/// <summary>
/// A folder held open and read piece by piece, its names as the bytes they are. Whatever is asked or done is asked of this very folder
/// (openat(2), statx(2), unlinkat(2)), whatever its name leads to by now, and no link is ever followed.
/// </summary>
internal sealed partial class FolderCursor : IDisposable
{
    // Some two hundred names: the steps in which a walk makes sure that it is still where it began.
    private const int BufferBytes = 8 << 10;
    private const int HeadBytes = 19;
    private const int TypeAt = 18;
    private const int LengthAt = 16;

    private const int OnTheWay = 0x200000;
    private const int CurrentFolder = -100;
    private const int IsFolder = 0x200;
    private const int NotFollowed = 0x100;
    private const int NoAutomount = 0x800;
    private const int OfHandle = 0x1000;
    private const uint Wanted = 0x7ff | 0x1000;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _handle;
    private int _filled;

    private FolderCursor(int handle)
    {
        _handle = handle;
        Facts = Ask(handle, ref _noName[0], OfHandle | NoAutomount, Wanted, out var found) == 0 ? EntryFacts.From(found)
            : throw new IOException($"An open folder can't be looked at: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    private static readonly byte[] _noName = [0];

    /// <summary>The facts of the folder itself, as it was opened.</summary>
    public EntryFacts Facts { get; }

    /// <summary>Whether something is mounted here: the folder itself is the root of what it shows.</summary>
    public bool IsMount => Enter(ref Terminated("..")[0], OnTheWay).Folder is not { } above || !IsBelow(above);

    /// <summary>Opens a folder from the root down, and no part of its path may be a link.</summary>
    /// <param name="path">Absolute.</param>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">It isn't ours to read.</exception>
    /// <exception cref="IOException">It is a link, is behind one, or no folder.</exception>
    public static FolderCursor Open(string path)
    {
        var folder = new FolderCursor(OpenAt(CurrentFolder, ref Terminated("/")[0], Flags() | OnTheWay, 0));
        var (so, parts) = ("", path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        for (var index = 0; index < parts.Length; index++)
        {
            so += "/" + parts[index];
            var name = Terminated(parts[index]);
            // Those on the way need not be readable.
            var (next, error) = folder.Enter(ref name[0], index < parts.Length - 1 ? OnTheWay : PosixOpen.NoAccessTime);
            var isLink = next is null && folder.Look(ref name[0]) is { Kind: EntryKind.Link };
            folder.Dispose();
            folder = next ?? throw Refusal(path, so, error, isLink);
        }
        return folder;
    }

    /// <summary>Whether anything bears a name, a link that leads nowhere too.</summary>
    /// <param name="path">Absolute, as bytes.</param>
    public static bool Exists(byte[] path)
    {
        byte[] name = [.. path, 0];
        return Ask(CurrentFolder, ref name[0], NotFollowed | NoAutomount, Wanted, out _) == 0;
    }

    /// <summary>Reads on.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    public bool Read()
    {
        var bytes = GetEntries(_handle, ref _buffer[0], (nuint)_buffer.Length);
        // ENOENT: it was removed while it was open.
        if (bytes < 0 && Marshal.GetLastPInvokeError() != PosixOpen.Missing)
            throw new IOException($"An open folder can't be read: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        _filled = (int)Math.Max(0, bytes);
        return _filled > 0;
    }

    /// <summary>The place of the next entry that was read, after that of another (-1: the first); -1 after the last.</summary>
    public int Next(int entry)
    {
        var at = entry < 0 ? 0 : entry + MemoryMarshal.Read<ushort>(_buffer.AsSpan(entry + LengthAt));
        while (at < _filled && Name(at) is [(byte)'.'] or [(byte)'.', (byte)'.'])
            at += MemoryMarshal.Read<ushort>(_buffer.AsSpan(at + LengthAt));
        return at < _filled ? at : -1;
    }

    public EntryKind KindOf(int entry) => EntryFacts.KindOf(_buffer[entry + TypeAt]);

    public ReadOnlySpan<byte> Name(int entry)
    {
        var name = _buffer.AsSpan(entry + HeadBytes);
        return name[..name.IndexOf((byte)0)];
    }

    /// <summary>The facts of an entry now; null where it is gone.</summary>
    /// <exception cref="IOException">The kernel refuses to tell.</exception>
    public EntryFacts? Look(int entry) => Look(ref _buffer[entry + HeadBytes]);

    /// <summary>Opens a folder in this one, if it is one and no link.</summary>
    /// <returns>The folder, or why not (errno).</returns>
    public (FolderCursor? Folder, int Error) Enter(int entry) => Enter(ref _buffer[entry + HeadBytes], PosixOpen.NoAccessTime);

    /// <summary>Takes hold of a file that nobody else has open.</summary>
    public FileHold Hold(int entry) => FileHold.Take(_handle, ref _buffer[entry + HeadBytes]);

    /// <summary>Removes a file's name.</summary>
    /// <returns>0, or why it stays (errno).</returns>
    public int Remove(int entry) => Unlink(_handle, ref _buffer[entry + HeadBytes], 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Removes an empty folder.</summary>
    /// <inheritdoc cref="Remove"/>
    public int RemoveFolder(int entry) => Unlink(_handle, ref _buffer[entry + HeadBytes], IsFolder) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>The room on its file system now.</summary>
    public FileSystemRoom Room => FileSystemRoom.Of(_handle);

    public void Dispose()
    {
        if (_handle < 0)
            return;
        _ = Close(_handle);
        _handle = -1;
    }

    // The root folder is above itself.
    private bool IsBelow(FolderCursor above)
    {
        using (above)
            return above.Facts.IsWith(Facts) && !above.Facts.IsSame(Facts);
    }

    private EntryFacts? Look(ref byte name)
    {
        if (Ask(_handle, ref name, NotFollowed | NoAutomount, Wanted, out var found) == 0)
            return EntryFacts.From(found);
        var error = Marshal.GetLastPInvokeError();
        return error == PosixOpen.Missing ? null : throw new IOException($"An entry can't be looked at: {new Win32Exception(error).Message}");
    }

    private (FolderCursor? Folder, int Error) Enter(ref byte name, int flags)
    {
        var handle = OpenAt(_handle, ref name, Flags() | flags, 0);
        // EPERM: only a folder's owner and root may look without leaving a time of reading.
        if (handle < 0 && Marshal.GetLastPInvokeError() == PosixOpen.NotPermitted)
            handle = OpenAt(_handle, ref name, Flags(), 0);
        return handle < 0 ? (null, Marshal.GetLastPInvokeError()) : (new FolderCursor(handle), 0);
    }

    private static int Flags() => PosixOpen.NonBlocking | PosixOpen.CloseOnExec | PosixOpen.NoFollow | PosixOpen.Folder;

    private static byte[] Terminated(string name) => Encoding.UTF8.GetBytes(name + '\0');

    private static Exception Refusal(string whole, string path, int error, bool isLink)
    {
        if (isLink)
            return new IOException($"{path} is a link, which is not followed: name the folder that it leads to.");
        var words = $"{path} can't be opened: {new Win32Exception(error).Message}";
        return error switch
        {
            PosixOpen.Missing => new DirectoryNotFoundException(whole == path ? $"There is no folder {path}." : $"There is no folder {whole}, nor {path} that it should be in."),
            PosixOpen.NoRights or PosixOpen.NotPermitted => new UnauthorizedAccessException(words),
            _ => new IOException(words),
        };
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenAt(int folder, ref byte name, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Ask(int folder, ref byte name, int flags, uint mask, out EntryFacts.Statx found);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint GetEntries(int folder, ref byte buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unlink(int folder, ref byte name, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int handle);
}
