using Microsoft.Win32.SafeHandles;

namespace Upkeep.Logs.Rotation;

/// <summary>Where a log is cut: its lines up to <paramref name="Cut"/> are archived, and its first <paramref name="Keep"/> bytes, whole blocks, come off.</summary>
/// <param name="From">Behind the mark that an earlier rotation left; 0 where there is none.</param>
internal sealed record CollapseCut(long From, long Cut, long Keep, bool IsJson)
{
    private const int Chunk = 64 << 10;

    /// <summary>Finds the last place where the log can be cut.</summary>
    /// <param name="size">Its length; what is appended meanwhile stays.</param>
    /// <returns>Null where no whole block can be let go: the log is small, or one line fills it.</returns>
    public static CollapseCut? Of(SafeFileHandle log, long size, uint blockSize)
    {
        var head = new byte[2 * blockSize + RotationMark.Shortest];
        var start = head.AsSpan(0, RandomAccess.Read(log, head, 0));
        var from = RotationMark.Read(start) is { } mark ? mark.Length : 0;
        var isJson = start[Math.Min(from, start.Length)..].TrimStart(" \t"u8) is [(byte)'{', ..];
        // The kernel lets go of the front only while something stays behind it.
        var cut = LastLineEnd(log, from, (size - 1) / blockSize * blockSize);
        // The mark needs room between the blocks that go and the cut.
        var keep = (cut - RotationMark.Shortest) / blockSize * blockSize;
        return keep > from ? new CollapseCut(from, cut, keep, isJson) : null;
    }

    private static long LastLineEnd(SafeFileHandle log, long from, long to)
    {
        var buffer = new byte[Chunk];
        for (var end = to; end > from;)
        {
            var begin = Math.Max(from, end - Chunk);
            var read = RandomAccess.Read(log, buffer.AsSpan(0, (int)(end - begin)), begin);
            if (buffer.AsSpan(0, read).LastIndexOf((byte)'\n') is >= 0 and var at)
                return begin + at + 1;
            end = begin;
        }
        return 0;
    }
}
