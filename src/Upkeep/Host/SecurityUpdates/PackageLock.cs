using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Upkeep.Files;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>The process that holds one of apt's or dpkg's locks.</summary>
/// <param name="Name">The program's name, or null where it can't be seen.</param>
public sealed record LockHolder(string File, int Process, string? Name)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name ?? "a program"} (process {Process})");
}

/// <summary>The locks of apt and dpkg: record locks (fcntl(2)), of which the kernel tells who holds them. None is taken here: apt and dpkg take their own.</summary>
internal static partial class PackageLock
{
    private const int GetLock = 5;
    private const short WriteLock = 1;
    private const short Unlocked = 2;
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(500);

    /// <summary>The locks that an installation needs, in the order in which they are taken.</summary>
    public static IReadOnlyList<string> OfInstallation(AptLayout layout) => [Path.Combine(layout.Admin, "lock-frontend"), Path.Combine(layout.Admin, "lock"), Path.Combine(layout.Cache, "lock")];

    /// <summary>The lock that fetching the lists needs.</summary>
    public static IReadOnlyList<string> OfLists(AptLayout layout) => [Path.Combine(layout.Lists, "lock")];

    /// <summary>Who holds one of them now; null where nobody does. Whoever may not open them reads it in the kernel's list.</summary>
    public static LockHolder? Holder(IEnumerable<string> files) => files.Select(Holder).FirstOrDefault(holder => holder is not null);

    /// <summary>Waits until nobody holds any of them.</summary>
    /// <param name="waiting">Hears who is waited for, again and again.</param>
    /// <returns>Who still holds one when the time is up; null where they are free.</returns>
    public static async Task<LockHolder?> WaitAsync(IReadOnlyList<string> files, TimeSpan atMost, TimeProvider time, Action<LockHolder> waiting, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (Holder(files) is { } holder)
        {
            if (time.GetElapsedTime(since) >= atMost)
                return holder;
            waiting(holder);
            await Task.Delay(_look, time, cancellationToken);
        }
        return null;
    }

    private static LockHolder? Holder(string file)
    {
        try
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            var asked = new RecordLock { Type = WriteLock };
            return Control(handle, GetLock, ref asked) != 0 || asked.Type == Unlocked ? null : new LockHolder(file, asked.Process, NameOf(asked.Process));
        }
        catch (UnauthorizedAccessException)
        {
            return Listed(file);
        }
        catch (IOException)
        {
            return null;
        }
    }

    // proc(5), /proc/locks: "4: POSIX  ADVISORY  WRITE 812 fe:01:1835 0 EOF", with "->" where somebody waits for it.
    private static LockHolder? Listed(string file)
    {
        if (FileFacts.Of(file) is not { } facts)
            return null;
        var place = string.Create(CultureInfo.InvariantCulture, $"{facts.Device >> 32:x2}:{facts.Device & 0xffffffff:x2}:{facts.Inode}");
        foreach (var line in File.ReadLines("/proc/locks"))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, "POSIX" or "OFDLCK", _, "WRITE", var process, var where, ..] && where == place && int.TryParse(process, CultureInfo.InvariantCulture, out var id))
                return new LockHolder(file, id, id > 0 ? NameOf(id) : null);
        }
        return null;
    }

    private static string? NameOf(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/comm")).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(SafeFileHandle file, int command, ref RecordLock record);

    // struct flock of 64-bit Linux; with start and length 0 it is the whole file.
    [StructLayout(LayoutKind.Sequential)]
    private struct RecordLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
