using System.IO.Compression;
using Upkeep.Files;
using ZstdSharp;

namespace Upkeep.Backups.Foreign;

/// <summary>A backup file opened for reading, its compression taken off; whatever its name says.</summary>
internal sealed class Wrapping : IDisposable
{
    // Where tar has its mark, and a little more.
    private const int Enough = 512;

    private readonly WatchedStream _file;

    private Wrapping(WatchedStream file, Stream content, ForeignCompression compression, byte[] beginning)
    {
        _file = file;
        Content = content;
        Compression = compression;
        Beginning = beginning;
    }

    /// <summary>What is inside, from its first byte.</summary>
    public Stream Content { get; }

    public ForeignCompression Compression { get; }

    /// <summary>The first bytes of what is inside; fewer than asked for where there are no more, or they can't be unpacked.</summary>
    public ReadOnlyMemory<byte> Beginning { get; }

    /// <summary>Whether more was wanted from the file than it has: with a failure to unpack this tells a cut from a garbled file.</summary>
    public bool RanOut => _file.AtEnd;

    public static Wrapping Open(string path)
    {
        byte[] beginning;
        ForeignCompression compression;
        using (var first = Unwrap(path, out compression, out _))
            beginning = Peek(first);
        var content = Unwrap(path, out compression, out var file);
        return new Wrapping(file, content, compression, beginning);
    }

    public void Dispose()
    {
        Content.Dispose();
        _file.Dispose();
    }

    /// <summary>Whether an exception is the content's own: cut off or garbled.</summary>
    public static bool IsUnreadable(Exception problem) => problem is InvalidDataException or EndOfStreamException or ZstdException;

    private static Stream Unwrap(string path, out ForeignCompression compression, out WatchedStream file)
    {
        file = new WatchedStream(new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.SequentialScan, BufferSize = 1 << 18 }));
        Span<byte> mark = stackalloc byte[4];
        var read = file.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false);
        file.Rewind();
        compression = mark[..read] switch
        {
            [0x1f, 0x8b, ..] => ForeignCompression.Gzip,
            [0x28, 0xb5, 0x2f, 0xfd] => ForeignCompression.Zstd,
            _ => ForeignCompression.None,
        };
        return compression switch
        {
            ForeignCompression.Gzip => new GZipStream(file, CompressionMode.Decompress, leaveOpen: true),
            ForeignCompression.Zstd => new DecompressionStream(file, leaveOpen: true),
            _ => file,
        };
    }

    private static byte[] Peek(Stream content)
    {
        var bytes = new byte[Enough];
        var read = 0;
        try
        {
            while (read < bytes.Length && content.Read(bytes, read, bytes.Length - read) is > 0 and var more)
                read += more;
        }
        catch (Exception problem) when (IsUnreadable(problem))
        {
            // What came before tells what it is; the full look says what is wrong with it.
        }
        return bytes[..read];
    }
}
