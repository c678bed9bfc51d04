using System.Security.Cryptography;
using Upkeep.Files;
using ZstdSharp;

namespace Upkeep.Database.Retention;

/// <summary>
/// One growing archive file. Each transaction's rows are a zstd frame of their own at its end, so the whole file is plain zstd, and what
/// isn't committed is cut off again.
/// </summary>
internal sealed class ArchiveWriter : IDisposable
{
    // Fast beats small here: the rows stream through while their transaction holds locks.
    private const int Level = 1;

    private readonly FileStream _file;
    private readonly Compressor _compressor = new(Level);
    private HashingStream? _frame;
    private CompressionStream? _zstd;
    private RowTally _tally = new();
    private long _offset;

    private ArchiveWriter(FileStream file, long length)
    {
        _file = file;
        _offset = length;
    }

    public string Name => Path.GetFileName(_file.Name);

    /// <summary>Rows in the frame under way.</summary>
    public long Rows => _tally.Digest.Rows;

    /// <param name="length">Bytes of the file that count; what is behind them was never committed.</param>
    public static ArchiveWriter Open(string path, long length)
    {
        var folder = Path.GetDirectoryName(path)!;
        RunFolder.Create(folder);
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            // zstd hands over whole blocks; and what waits in no buffer can be cut off on a full disk.
            BufferSize = 0,
            UnixCreateMode = RunFolder.OwnerOnlyFile,
        });
        file.SetLength(length);
        file.Position = length;
        Durable.FlushFolder(folder);
        return new ArchiveWriter(file, length);
    }

    public void Begin()
    {
        _tally = new RowTally();
        _frame = new HashingStream(_file);
        _zstd = new CompressionStream(_frame, _compressor, preserveCompressor: true, leaveOpen: true);
    }

    /// <summary>Takes rows; they may be cut anywhere.</summary>
    public void Write(ReadOnlySpan<byte> rows)
    {
        _tally.Add(rows);
        _zstd!.Write(rows);
    }

    /// <summary>Ends the frame and returns once it is safe on disk.</summary>
    public Segment End(long number, int lane, string xid)
    {
        _zstd!.Dispose();
        _zstd = null;
        _file.Flush(flushToDisk: true);
        var segment = new Segment
        {
            Number = number,
            Lane = lane,
            File = Name,
            Offset = _offset,
            Length = _frame!.Written,
            Rows = _tally.Digest.Rows,
            Digest = _tally.Digest.Hex,
            Sha256 = _frame.Sha256(),
            Newest = _tally.Newest,
            Xid = xid,
        };
        _frame.Dispose();
        _offset += segment.Length;
        return segment;
    }

    /// <summary>Cuts off what is behind the bytes that count.</summary>
    public void Abandon(long length)
    {
        _offset = length;
        DropFrame();
        _file.SetLength(_offset);
        _file.Position = _offset;
    }

    public void Dispose()
    {
        DropFrame();
        _frame?.Dispose();
        _compressor.Dispose();
        _file.Dispose();
    }

    // Disposing the zstd stream writes its end: not into a file that may be full.
    private void DropFrame()
    {
        if (_zstd is null)
            return;
        _frame!.Discarding = true;
        _zstd.Dispose();
        _zstd = null;
    }
}

/// <summary>Hands on what is written, and keeps its digest and length.</summary>
internal sealed class HashingStream(Stream inner) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Written { get; private set; }
    public bool Discarding { get; set; }
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public string Sha256() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Discarding)
            return;
        inner.Write(buffer);
        _hash.AppendData(buffer);
        Written += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}
