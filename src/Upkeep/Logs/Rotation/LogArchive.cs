using System.IO.Compression;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using Upkeep.Configuration;
using Upkeep.Files;
using ZstdSharp;

namespace Upkeep.Logs.Rotation;

/// <summary>A compressed part of a log.</summary>
internal static class LogArchive
{
    private const int Chunk = 1 << 20;

    public static string Extension(ArchiveCompression compression) => compression == ArchiveCompression.Zstd ? ".zst" : ".gz";

    /// <summary>Writes bytes of a log into a new file, to the disk, and proves that they are there.</summary>
    /// <param name="dress">The log's facts, whose owner, mode, access list and label the file gets; null where it stays as it is.</param>
    /// <exception cref="IOException">There is such a file already, the disk is full, or the log became shorter meanwhile.</exception>
    public static CopiedRange Write(string target, SafeFileHandle log, long from, long to, ArchiveCompression compression, FileFacts? dress, CancellationToken cancellationToken)
    {
        using var packed = new LogPacker(target, compression);
        packed.Take(log, from, to, cancellationToken);
        return packed.Finish(dress is null ? null : (dress, log));
    }

    /// <summary>Gives a copy the name of its archive, where it hasn't it yet.</summary>
    /// <returns>False where there is neither.</returns>
    public static bool Name(string part, string archive)
    {
        if (File.Exists(part))
            File.Move(part, archive, overwrite: false);
        return File.Exists(archive);
    }

    /// <summary>What is said of an archive that somebody took away before its rotation had come to its end.</summary>
    public static string Gone(string path, string archive) =>
        $"{archive}, made of {path} by a rotation that was killed, is gone: somebody else removed it, and the lines in it are no longer in the log.";

    /// <summary>Reads an archive back and compares.</summary>
    /// <exception cref="InvalidDataException">It isn't what was written; the message says in what.</exception>
    public static void Prove(string archive, CopiedRange copied, ArchiveCompression compression)
    {
        var found = Read(archive, compression);
        if (found != copied)
            throw new InvalidDataException($"{archive} holds {found.Bytes} bytes, and they are not the {copied.Bytes} bytes that were copied.");
    }

    /// <summary>Reads an archive to its end.</summary>
    /// <exception cref="InvalidDataException">It can't be unpacked.</exception>
    public static CopiedRange Read(string archive, ArchiveCompression compression)
    {
        using var file = new FileStream(archive, new FileStreamOptions { Options = FileOptions.SequentialScan });
        using Stream plain = compression == ArchiveCompression.Zstd ? new DecompressionStream(file) : new GZipStream(file, CompressionMode.Decompress);
        try
        {
            return Count(plain);
        }
        catch (ZstdException problem)
        {
            throw new InvalidDataException($"{archive} can't be unpacked: {problem.Message}", problem);
        }
    }

    /// <summary>What comes out of a stream, to its end.</summary>
    public static CopiedRange Count(Stream plain)
    {
        var (hash, buffer, lines, length) = (new XxHash128(), new byte[Chunk], 0L, 0L);
        for (int read; (read = plain.Read(buffer)) > 0; length += read)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            hash.Append(buffer.AsSpan(0, read));
        }
        return new CopiedRange(lines, length, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    /// <summary>The digest of bytes of a log as they are now.</summary>
    public static string Hash(SafeFileHandle log, long from, long to) => Look(log, from, to).Hash;

    /// <summary>What stands in a range, without keeping it; it ends where the file does.</summary>
    public static CopiedRange Look(SafeFileHandle log, long from, long to)
    {
        var (hash, buffer, lines, at) = (new XxHash128(), new byte[Chunk], 0L, from);
        while (at < to)
        {
            var read = RandomAccess.Read(log, buffer.AsSpan(0, (int)Math.Min(Chunk, to - at)), at);
            if (read == 0)
                break;
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            hash.Append(buffer.AsSpan(0, read));
            at += read;
        }
        return new CopiedRange(lines, at - from, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }
}
