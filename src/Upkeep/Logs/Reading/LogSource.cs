using System.IO.Compression;
using Upkeep.Files;
using ZstdSharp;

namespace Upkeep.Logs.Reading;

/// <summary>How a log file is packed; told by its first bytes, whatever its name says.</summary>
public enum Packing
{
    Plain,
    Gzip,
    Zstd,
}

/// <summary>A log file as the bytes of its lines. What can't be unpacked ends it early and is told as a loss instead of failing.</summary>
internal sealed class LogSource : IDisposable
{
    // No log is packed as densely as a bomb: ours come to 5 to 30 times.
    private const long SuspiciousRatio = 500;
    private const long AlwaysAllowed = 1L << 30;

    private readonly FileStream _file;
    private readonly WatchedStream _watched;
    private readonly Stream _unpacked;
    private readonly long _allowed;
    private long _packedRead;

    /// <param name="path">The file.</param>
    /// <param name="allowed">Bytes that may come out whatever the ratio.</param>
    /// <exception cref="IOException">There is no such file, or it can't be read.</exception>
    public LogSource(string path, long allowed = AlwaysAllowed)
    {
        _allowed = allowed;
        _file = new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });
        _watched = new WatchedStream(_file, read => _packedRead += read);
        Packing = PackingOf(_file);
        _unpacked = Packing switch
        {
            Packing.Gzip => new GZipStream(new BufferedStream(_watched, 128 << 10), CompressionMode.Decompress),
            Packing.Zstd => new DecompressionStream(_watched, bufferSize: 128 << 10, leaveOpen: true),
            _ => _watched,
        };
    }

    public Packing Packing { get; }

    /// <summary>Bytes that came out.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Why the file ended before its end, or null.</summary>
    public string? Loss { get; private set; }

    /// <returns>0 at the end, also at an end by damage.</returns>
    public int Read(Span<byte> buffer)
    {
        if (Loss is not null)
            return 0;
        try
        {
            var read = _unpacked.Read(buffer);
            BytesRead += read;
            if (Packing != Packing.Plain && BytesRead > _allowed && BytesRead / Math.Max(1, _packedRead) > SuspiciousRatio)
                Loss = $"unpacks to more than {SuspiciousRatio} times its size, as a decompression bomb does: not read beyond {Amount.Bytes(BytesRead)}";
            return read;
        }
        catch (Exception problem) when (problem is InvalidDataException or ZstdException or EndOfStreamException or IOException)
        {
            Loss = $"can't be unpacked to its end, it is cut short or followed by something else: {Amount.Bytes(BytesRead)} of lines were read ({problem.Message})";
            return 0;
        }
    }

    public void Dispose()
    {
        _unpacked.Dispose();
        _watched.Dispose();
    }

    private static Packing PackingOf(FileStream file)
    {
        if (!file.CanSeek)
            return Packing.Plain;
        Span<byte> magic = stackalloc byte[4];
        var length = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return magic[..length] switch
        {
            [0x1f, 0x8b, ..] => Packing.Gzip,
            [0x28, 0xb5, 0x2f, 0xfd] => Packing.Zstd,
            // A skippable frame may stand before the first one with content.
            [>= 0x50 and <= 0x5f, 0x2a, 0x4d, 0x18] => Packing.Zstd,
            _ => Packing.Plain,
        };
    }
}
