using System.ComponentModel;
using System.Text.RegularExpressions;
using Upkeep.Files;

namespace Upkeep.LogReading;

/// <summary>Opens logs. What is no regular file is refused: a pipe that nobody writes to would be waited for without an end.</summary>
public static partial class LogOpening
{
    /// <summary>The name of the standard input as a file.</summary>
    public const string StandardInput = "/dev/stdin";

    /// <summary>Whether a name means a stream that the caller holds open: whoever writes it wants to wait for it.</summary>
    public static bool IsHeldOpen(string path) => path == StandardInput || Descriptor().IsMatch(path);

    /// <summary>Opens a log for reading.</summary>
    /// <param name="streams">Whether the names of open streams (<see cref="IsHeldOpen"/>) are taken, too.</param>
    /// <exception cref="IOException">It isn't there, can't be read, or is no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">We may not read it.</exception>
    public static FileStream Open(string path, bool streams = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (streams && IsHeldOpen(path))
            return new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
        // Looked at when it is open, not before: the name may lead to another file by then. Nobody is waited for meanwhile.
        var (handle, error) = PosixOpen.Open(path, PosixOpen.NonBlocking);
        if (handle is null)
            throw Problem(path, error);
        try
        {
            return FileFacts.Of(handle).IsRegular ? new FileStream(handle, FileAccess.Read, bufferSize: 0)
                : throw new IOException($"{path} is no regular file (a pipe, a device or a folder).");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static Exception Problem(string path, int error) => error switch
    {
        PosixOpen.Missing => new FileNotFoundException($"There is no file {path}.", path),
        PosixOpen.NoFolder => new DirectoryNotFoundException($"There is no folder {Path.GetDirectoryName(path)}."),
        PosixOpen.NoRights or PosixOpen.NotPermitted => new UnauthorizedAccessException($"Access to {path} is denied."),
        _ => new IOException($"{path} can't be opened: {new Win32Exception(error).Message}"),
    };

    [GeneratedRegex("^(/dev/fd|/proc/self/fd)/[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Descriptor();
}
