using System.Security.Cryptography;
using ZstdSharp;

namespace Upkeep.Database.Retention;

/// <summary>Reads archived rows back, checking each segment's bytes and rows against its record.</summary>
internal static class ArchiveReader
{
    /// <summary>Hands a segment's COPY text on in pieces.</summary>
    /// <exception cref="InvalidDataException">The file isn't what the record says; nothing of it should be used.</exception>
    public static RowTally Read(string folder, Segment segment, Action<ReadOnlySpan<byte>>? take)
    {
        var path = Path.Combine(folder, segment.File!);
        var frame = Bytes(path, segment);
        if (Convert.ToHexStringLower(SHA256.HashData(frame)) != segment.Sha256)
            throw new InvalidDataException($"{path}: bytes {segment.Offset} to {segment.Offset + segment.Length} are not what was written (their SHA-256 differs)");
        var tally = new RowTally();
        using (var zstd = new DecompressionStream(new MemoryStream(frame)))
        {
            var buffer = new byte[1 << 17];
            while (zstd.Read(buffer) is var read and > 0)
            {
                tally.Add(buffer.AsSpan(0, read));
                take?.Invoke(buffer.AsSpan(0, read));
            }
        }
        if (tally.Digest.Rows != segment.Rows || tally.Digest.Hex != segment.Digest)
            throw new InvalidDataException($"{path}: segment {segment.Number} holds {tally.Digest.Rows} rows with digest {tally.Digest.Hex}, not {segment.Rows} with {segment.Digest}");
        return tally;
    }

    /// <summary>Hands a segment's rows on one by one.</summary>
    /// <param name="only">The rows to hand on, in order; null for all.</param>
    /// <exception cref="InvalidDataException">The file isn't what the record says; nothing of it should be used.</exception>
    public static void ReadRows(string folder, Segment segment, IReadOnlyList<RowRange>? only, NumberedRow take)
    {
        var number = -1L;
        var range = 0;
        var rows = new CopyRows(row =>
        {
            number++;
            while (only is not null && range < only.Count && only[range].Last < number)
                range++;
            if (only is null || (range < only.Count && only[range].First <= number))
                take(number, row);
        });
        Read(folder, segment, rows.Add);
    }

    // A segment is one transaction's rows, compressed: small enough for memory, and checked whole before any of it is used.
    private static byte[] Bytes(string path, Segment segment)
    {
        if (!File.Exists(path))
            throw new InvalidDataException($"{path} is missing");
        using var file = File.OpenRead(path);
        if (file.Length < segment.Offset + segment.Length)
            throw new InvalidDataException($"{path} ends at byte {file.Length}; segment {segment.Number} should reach to {segment.Offset + segment.Length}");
        file.Position = segment.Offset;
        var frame = new byte[segment.Length];
        file.ReadExactly(frame);
        return frame;
    }
}
