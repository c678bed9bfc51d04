using System.Buffers;

namespace Upkeep.Logs.Patterns;

/// <summary>Which words are values whatever the program: numbers, addresses, paths, names of hosts and packages.</summary>
internal static class Masks
{
    private const int ShortestHex = 8;

    private static readonly SearchValues<char> _digits = SearchValues.Create("0123456789");
    private static readonly SearchValues<char> _hex = SearchValues.Create("abcdefABCDEF-");
    private static readonly SearchValues<char> _hostLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_-.");
    private static readonly HashSet<string> _calendar = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    private static readonly HashSet<string> _units = new(StringComparer.OrdinalIgnoreCase) { "b", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "s", "sec", "secs", "ms", "us", "ns", "min", "mins" };

    /// <summary>Whether a word is a value by its look alone.</summary>
    public static bool IsValue(ReadOnlySpan<char> word) =>
        word.ContainsAny(_digits) || IsPath(word) || IsHex(word) || IsHost(word) || IsStars(word) || word.Length > 2 && word[1..^1].Contains('@');

    /// <summary>Three letters of a month or a day of the week.</summary>
    public static bool IsCalendar(string word) => word.Length == 3 && _calendar.Contains(word);

    /// <summary>A unit that belongs to the number before it: the same message says B today and KB tomorrow.</summary>
    public static bool IsUnit(string word) => word.Length <= 4 && _units.Contains(word);

    /// <summary>Up to four letters that can be a part of a MAC or IPv6 address.</summary>
    public static bool IsHexSegment(string word) => word.Length is >= 1 and <= 4 && word.AsSpan().ContainsAnyExcept(_hex) is false && !word.Contains('-', StringComparison.Ordinal);

    /// <summary>A name with a dot inside, which a port may follow.</summary>
    public static bool HasInnerDot(string word) => word.Length > 2 && word.AsSpan(1, word.Length - 2).Contains('.');

    private static bool IsPath(ReadOnlySpan<char> word)
    {
        if (word.Length > 1 && (word[0] == '/' || word.StartsWith("~/", StringComparison.Ordinal) || word.Contains('\\')))
            return true;
        var slashes = word.Count('/');
        return slashes >= 2 || (slashes == 1 && word.Contains('.'));
    }

    private static bool IsHex(ReadOnlySpan<char> word) => word.Length >= ShortestHex && !word.ContainsAnyExcept(_hex);

    // Three labels of small letters: www.example.org, com.example.app. Class names and constants have capitals.
    private static bool IsHost(ReadOnlySpan<char> word) =>
        word.Count('.') >= 2 && word[0] != '.' && word[^1] != '.' && word.IndexOf("..", StringComparison.Ordinal) < 0 && !word.ContainsAnyExcept(_hostLetters);

    private static bool IsStars(ReadOnlySpan<char> word) => word.Length >= 2 && !word.ContainsAnyExcept('*');
}
