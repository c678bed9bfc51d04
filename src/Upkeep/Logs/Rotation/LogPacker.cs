using System.IO.Compression;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using Upkeep.Configuration;
using Upkeep.Files;
using ZstdSharp;

namespace Upkeep.Logs.Rotation;

/// <summary>Packs parts of a log into a new file, one behind the other, and proves it.</summary>
internal sealed class LogPacker : IDisposable
{
    // What comes out at this level is smaller than gzip's; at the next ones it takes far longer for little.
    private const int ZstdLevel = 6;

    // The second core halves the time; more would be felt by those whose platform it is.
    private const int MostWorkers = 2;
    private const int Chunk = 1 << 20;

    private readonly FileStream _file;
    private readonly PackedProof _proof;
    private readonly Stream _packed;
    private readonly XxHash128 _hash = new();
    private readonly byte[] _buffer = new byte[Chunk];
    private long _lines;
    private long _bytes;

    /// <exception cref="IOException">There is such a file already.</exception>
    public LogPacker(string target, ArchiveCompression compression)
    {
        _file = new FileStream(target, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = RunFolder.OwnerOnlyFile });
        _proof = new PackedProof(compression);
        var proven = new ProvenStream(_file, _proof);
        _packed = compression == ArchiveCompression.Zstd ? Zstd(proven) : new GZipStream(proven, CompressionLevel.Optimal, leaveOpen: true);
    }

    /// <exception cref="IOException">The disk is full, or the log became shorter meanwhile.</exception>
    public void Take(SafeFileHandle log, long from, long to, CancellationToken cancellationToken)
    {
        for (var at = from; at < to;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(log, _buffer.AsSpan(0, (int)Math.Min(Chunk, to - at)), at);
            if (read == 0)
                throw new IOException($"The log became shorter while it was copied: it ended at {at}, and {to} bytes were there before.");
            var bytes = _buffer.AsSpan(0, read);
            _lines += bytes.Count((byte)'\n');
            _hash.Append(bytes);
            _packed.Write(bytes);
            at += read;
            _bytes += read;
        }
    }

    /// <summary>Ends the archive, brings it to the disk, reads it back, and gives it the log's owner, mode, access list and label: while it is open, so that no other file gets them.</summary>
    /// <param name="dress">The log's facts and the log; null where the archive stays as it is.</param>
    /// <exception cref="InvalidDataException">It isn't what was copied.</exception>
    public CopiedRange Finish((FileFacts Facts, SafeFileHandle Log)? dress)
    {
        _packed.Dispose();
        _file.Flush(flushToDisk: true);
        var copied = new CopiedRange(_lines, _bytes, Convert.ToHexStringLower(_hash.GetCurrentHash()));
        _proof.Finish(_file.Name, copied);
        dress?.Facts.DressPrivately(dress.Value.Log, _file.SafeFileHandle, _file.Name);
        _file.Dispose();
        return copied;
    }

    private static CompressionStream Zstd(Stream target)
    {
        var stream = new CompressionStream(target, ZstdLevel, leaveOpen: true);
        // So that whoever reads it in a year is told of a flipped bit.
        stream.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        if (Environment.ProcessorCount > 1)
            stream.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_nbWorkers, MostWorkers);
        return stream;
    }

    public void Dispose()
    {
        // On a full disk each of them may still have something to write.
        try
        {
            _packed.Dispose();
        }
        finally
        {
            try
            {
                _file.Dispose();
            }
            finally
            {
                _proof.Dispose();
            }
        }
    }
}
