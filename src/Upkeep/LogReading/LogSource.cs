using System.IO.Compression;
using System.Text;
using Upkeep.Files;
using ZstdSharp;

namespace Upkeep.LogReading;

/// <summary>How a log file is packed; told by its first bytes, whatever its name says.</summary>
public enum Packing
{
    Plain,
    Gzip,
    Zstd,
    /// <summary>Not unpacked here.</summary>
    Xz,
    /// <summary>Not unpacked here.</summary>
    Bzip2,
}

/// <summary>A log file as the bytes of its lines. What can't be unpacked ends it early and is told as a loss instead of failing.</summary>
internal sealed class LogSource : IDisposable
{
    // No log is packed as densely as a bomb: ours come to 5 to 30 times.
    private const long SuspiciousRatio = 500;
    private const long AlwaysAllowed = 1L << 30;

    private readonly FileStream _file;
    private readonly long _allowed;
    private readonly GzipInput? _gzip;
    private readonly Stream? _unpacked;
    private readonly ReadAhead? _ahead;
    private long _packedRead;
    private long _unpackedBytes;
    private string? _loss;

    /// <param name="path">The file.</param>
    /// <param name="allowed">Bytes that may come out whatever the ratio.</param>
    /// <param name="streams">Whether the path may name an open stream: <see cref="LogOpening.IsHeldOpen"/>.</param>
    /// <exception cref="IOException">There is no such file, it can't be read, or it is no regular file.</exception>
    public LogSource(string path, long allowed = AlwaysAllowed, bool streams = false)
    {
        _allowed = allowed;
        _file = LogOpening.Open(path, streams);
        Packing = PackingOf(_file);
        Length = _file.CanSeek ? _file.Length : 0;
        var wide = Packing == Packing.Plain ? WideEncodingOf(_file) : null;
        if (wide is null && Packing is not (Packing.Gzip or Packing.Zstd))
            return;
        if (Packing == Packing.Gzip)
            _gzip = new GzipInput(_file);
        _unpacked = wide is not null ? Encoding.CreateTranscodingStream(new WatchedStream(_file, read => _packedRead += read), wide, new UTF8Encoding(false))
            : _gzip is not null ? new GZipStream(new ReadStream(_gzip.Read), CompressionMode.Decompress)
            : new DecompressionStream(new WatchedStream(_file, read => _packedRead += read), bufferSize: 128 << 10, leaveOpen: true);
        _ahead = new ReadAhead(Unpack);
    }

    public Packing Packing { get; }

    /// <summary>Length of the file when it was opened: a log that is being written to has an end. 0 where it has none, as a pipe.</summary>
    public long Length { get; }

    /// <summary>Whether the file became shorter while it was read (emptied by a rotation): what was cut off was not seen.</summary>
    public bool WasCut { get; private set; }

    /// <summary>Bytes that came out.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Why the file ended before its end, or null.</summary>
    public string? Loss { get; private set; }

    /// <returns>0 at the end, also at an end by damage.</returns>
    public int Read(Span<byte> buffer)
    {
        if (Packing is Packing.Xz or Packing.Bzip2)
        {
            Loss = Packing == Packing.Xz ? "is packed with xz: unpack it first (xz -dk)" : "is packed with bzip2: unpack it first (bzip2 -dk)";
            return 0;
        }
        int read;
        try
        {
            read = _ahead?.Read(buffer) ?? _file.Read(Length > 0 ? buffer[..(int)Math.Min(buffer.Length, Length - BytesRead)] : buffer);
        }
        catch (IOException problem)
        {
            (read, _loss) = (0, $"can't be read to its end: {Amount.Bytes(BytesRead)} of it were read ({problem.Message})");
        }
        BytesRead += read;
        if (read == 0 && _ahead is null && BytesRead < Length)
        {
            WasCut = true;
            _loss ??= $"became shorter while it was read, as by a rotation: {Amount.Bytes(BytesRead)} of it were read";
        }
        // Written before the end was handed over.
        if (read == 0)
            Loss = _loss;
        return read;
    }

    public void Dispose()
    {
        _ahead?.Dispose();
        _unpacked?.Dispose();
        _file.Dispose();
    }

    // On the thread that reads ahead.
    private int Unpack(byte[] buffer)
    {
        if (_loss is not null)
            return 0;
        var read = 0;
        try
        {
            // Piece by piece: what came out before a damage is handed on.
            for (var more = 1; more > 0 && read < buffer.Length; read += more)
            {
                more = _unpacked!.Read(buffer, read, buffer.Length - read);
                _unpackedBytes += more;
            }
            if (_unpackedBytes > _allowed && _unpackedBytes / Math.Max(1, _gzip?.Taken ?? _packedRead) > SuspiciousRatio)
                _loss = $"unpacks to more than {SuspiciousRatio} times its size, as a decompression bomb does: not read beyond {Amount.Bytes(_unpackedBytes)}";
            else if (read == 0 && _gzip?.Rest() is > 0 and var rest)
                _loss = $"is followed by {Amount.Bytes(rest)} that are no gzip: the {Amount.Bytes(_unpackedBytes)} before them were read";
            return read;
        }
        catch (Exception problem) when (problem is InvalidDataException or ZstdException or EndOfStreamException or IOException)
        {
            _loss = $"can't be unpacked to its end, it is cut short or followed by something else: {Amount.Bytes(_unpackedBytes)} of lines were read ({problem.Message})";
            return read;
        }
    }

    private static Packing PackingOf(FileStream file)
    {
        if (!file.CanSeek)
            return Packing.Plain;
        Span<byte> magic = stackalloc byte[6];
        var length = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return magic[..length] switch
        {
            [0x1f, 0x8b, ..] => Packing.Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Packing.Zstd,
            // A skippable frame may stand before the first one with content.
            [>= 0x50 and <= 0x5f, 0x2a, 0x4d, 0x18, ..] => Packing.Zstd,
            [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] => Packing.Xz,
            [0x42, 0x5a, 0x68, >= 0x31 and <= 0x39, 0x31, 0x41] => Packing.Bzip2,
            _ => Packing.Plain,
        };
    }
    // UTF-16, told by its mark; what is left of the file begins after it.
    private static UnicodeEncoding? WideEncodingOf(FileStream file)
    {
        if (!file.CanSeek)
            return null;
        Span<byte> mark = stackalloc byte[2];
        var length = file.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false);
        UnicodeEncoding? wide = mark[..length] switch { [0xff, 0xfe] => new UnicodeEncoding(bigEndian: false, byteOrderMark: false), [0xfe, 0xff] => new UnicodeEncoding(bigEndian: true, byteOrderMark: false), _ => null };
        file.Position = wide is null ? 0 : mark.Length;
        return wide;
    }
}
