using System.IO.Compression;
using System.IO.Hashing;
using System.IO.Pipes;
using Upkeep.Configuration;
using ZstdSharp;

namespace Upkeep.Logs.Rotation;

/// <summary>
/// Unpacks an archive on another core while it is written, so that the proof doesn't take as long again: what was written unpacks to what was read.
/// That the disk holds what was written is looked at afterwards, which needs no unpacking.
/// </summary>
internal sealed class PackedProof : IDisposable
{
    private const int Chunk = 1 << 20;

    private readonly AnonymousPipeServerStream _to = new(PipeDirection.Out, HandleInheritability.None, Chunk);
    private readonly XxHash128 _written = new();
    private readonly Task<CopiedRange> _unpacked;
    private long _bytes;

    public PackedProof(ArchiveCompression compression)
    {
        var from = new AnonymousPipeClientStream(PipeDirection.In, _to.ClientSafePipeHandle);
        _unpacked = Task.Factory.StartNew(() => Unpack(from, compression), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Take(ReadOnlySpan<byte> packed)
    {
        _written.Append(packed);
        _bytes += packed.Length;
        _to.Write(packed);
    }

    /// <summary>All was written, and is on the disk.</summary>
    /// <exception cref="InvalidDataException">The archive isn't what was copied; the message says in what.</exception>
    public void Finish(string archive, CopiedRange copied)
    {
        _to.Dispose();
        var found = _unpacked.GetAwaiter().GetResult();
        if (found != copied)
            throw new InvalidDataException($"{archive} unpacks to {found.Bytes} bytes, and they are not the {copied.Bytes} bytes that were copied.");
        using var file = File.OpenHandle(archive, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
        var held = LogArchive.Look(file, 0, long.MaxValue);
        if (held.Bytes != _bytes || held.Hash != Convert.ToHexStringLower(_written.GetCurrentHash()))
            throw new InvalidDataException($"{archive} holds {held.Bytes} bytes, and they are not the {_bytes} bytes that were written.");
    }

    public void Dispose()
    {
        _to.Dispose();
        // It ends with the pipe, whatever it thinks of what it got.
        ((IAsyncResult)_unpacked).AsyncWaitHandle.WaitOne();
        _written.Reset();
    }

    private static CopiedRange Unpack(AnonymousPipeClientStream from, ArchiveCompression compression)
    {
        using (from)
        {
            try
            {
                using Stream plain = compression == ArchiveCompression.Zstd ? new DecompressionStream(from, leaveOpen: true) : new GZipStream(from, CompressionMode.Decompress, leaveOpen: true);
                return LogArchive.Count(plain);
            }
            catch (Exception problem) when (problem is ZstdException or InvalidDataException)
            {
                throw new InvalidDataException($"The archive can't be unpacked: {problem.Message}", problem);
            }
            finally
            {
                // Who packs must not wait for somebody who no longer reads.
                from.CopyTo(Stream.Null);
            }
        }
    }
}
