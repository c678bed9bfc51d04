using System.Globalization;
using NpgsqlTypes;

namespace Upkeep.Backups.Physical;

/// <summary>Names of the files that the server's log is kept in.</summary>
internal static class LogSegments
{
    /// <summary>The segments from one that is named up to the one that holds a place.</summary>
    /// <param name="first">For example <c>000000010000000000000002</c>; its timeline is that of all.</param>
    /// <param name="place">For example <c>0/3000148</c>.</param>
    /// <param name="size">Bytes of a segment.</param>
    public static IReadOnlyList<string> Between(string first, string place, long size)
    {
        var timeline = first[..8];
        var perFile = (1UL << 32) / (ulong)size;
        var start = (ulong.Parse(first.AsSpan(8, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture) * perFile) + ulong.Parse(first.AsSpan(16, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        // A place on a boundary is the end of the segment before it.
        var end = ((ulong)NpgsqlLogSequenceNumber.Parse(place) - 1) / (ulong)size;
        var names = new List<string>();
        for (var number = start; number <= end; number++)
            names.Add(string.Create(CultureInfo.InvariantCulture, $"{timeline}{number / perFile:X8}{number % perFile:X8}"));
        return names;
    }

    /// <summary>Where the last record before a place ends. A place right behind a page's header is for the next record; the last one ends with the page before.</summary>
    public static string EndBefore(string place)
    {
        const ulong page = 8192;
        const ulong longestHeader = 40;
        var number = (ulong)NpgsqlLogSequenceNumber.Parse(place);
        return number % page <= longestHeader ? new NpgsqlLogSequenceNumber(number - (number % page)).ToString() : place;
    }

    /// <summary>Whether a segment lies before a stretch of log, on the same timeline. What isn't named as a segment doesn't.</summary>
    public static bool EndsBefore(string name, long size, LogRange range) =>
        name.Length == 24
        && int.TryParse(name.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var timeline) && timeline == range.Timeline
        && ulong.TryParse(name.AsSpan(8, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var file)
        && ulong.TryParse(name.AsSpan(16, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var part)
        && (file << 32) + ((part + 1) * (ulong)size) <= (ulong)NpgsqlLogSequenceNumber.Parse(range.Start);
}
