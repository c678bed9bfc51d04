using System.Runtime.InteropServices;

namespace Upkeep.Files;

/// <summary>Whether a file could be taken hold of.</summary>
internal enum HoldState
{
    /// <summary>Nobody else has it open, and nobody can open it until it is let go of.</summary>
    Held,

    /// <summary>Somebody has it open, or mapped into memory.</summary>
    InUse,

    /// <summary>The kernel doesn't tell: it is another user's, or its file system knows no leases.</summary>
    Unknown,

    Gone,
}

/// <summary>
/// A file that the kernel has given us a write lease on (fcntl(2), F_SETLEASE): it grants one only while no other process has the file open,
/// mapped or is running it. It knows of every process, also of those that /proc shows to root alone and of those in other containers; whoever opens the
/// file meanwhile waits the microseconds until it is let go of. It answers to the file's owner and to root, on local file systems.
/// </summary>
internal readonly partial struct FileHold : IDisposable
{
    private const int SetLease = 1024;
    private const int SetSignal = 10;
    private const int Exclusive = 1;
    private const int Busy = 11;
    private const int TextBusy = 26;

    // Whoever opens the file meanwhile makes the kernel signal us; this one is ignored unless somebody listens, SIGIO would end us.
    private const int Urgent = 23;

    private const int OfHandle = 0x1000;
    private const uint Basic = 0x7ff | 0x1000;
    private static readonly byte[] _noName = [0];
    private readonly int _handle;

    private FileHold(int handle, HoldState state) => (_handle, State) = (handle, state);

    public HoldState State { get; }

    /// <summary>The facts of the held file itself, whatever bears its name by now.</summary>
    /// <exception cref="IOException">The kernel refuses to tell.</exception>
    public EntryFacts Facts => Ask(_handle, ref _noName[0], OfHandle, Basic, out var found) == 0 ? EntryFacts.From(found) : throw new IOException("A file that is held can't be looked at.");

    public static FileHold Take(int folder, ref byte name)
    {
        // Without waiting: had it become a pipe, opening it must not wait for the other end.
        var flags = PosixOpen.NonBlocking | PosixOpen.CloseOnExec | PosixOpen.NoFollow;
        var handle = OpenAt(folder, ref name, flags | PosixOpen.NoAccessTime, 0);
        if (handle < 0)
            return new FileHold(-1, Marshal.GetLastPInvokeError() == PosixOpen.Missing ? HoldState.Gone : HoldState.Unknown);
        if (Control(handle, SetSignal, Urgent) == 0 && Control(handle, SetLease, Exclusive) == 0)
            return new FileHold(handle, HoldState.Held);
        return new FileHold(handle, Marshal.GetLastPInvokeError() is Busy or TextBusy ? HoldState.InUse : HoldState.Unknown);
    }

    public void Dispose()
    {
        if (_handle >= 0)
            _ = Close(_handle);
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenAt(int folder, ref byte name, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Ask(int folder, ref byte name, int flags, uint mask, out EntryFacts.Statx found);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int handle, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int handle);
}
