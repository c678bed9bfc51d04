using System.Text;

namespace Upkeep.LogReading;

/// <summary>What a field in the head of a line looks like.</summary>
internal enum FieldKind
{
    Other,
    Time,
    Level,
    Number,
    Dash,
    Bracket,
    Tag,
    Dotted,
}

/// <summary>A field of a line: what stands between white space, or in square brackets.</summary>
internal readonly record struct Field(int Start, int End)
{
    // A bracket that isn't closed in this many bytes opens no field.
    private const int LongestBracket = 200;

    /// <summary>The field that begins at or after <paramref name="at"/>; false at the end of the line.</summary>
    public static bool TryNext(ReadOnlySpan<byte> line, int at, out Field field)
    {
        while (at < line.Length && line[at] is (byte)' ' or (byte)'\t')
            at++;
        var start = at;
        if (at < line.Length && line[at] == '[' && line.Slice(at, Math.Min(LongestBracket, line.Length - at)).IndexOf((byte)']') is > 0 and var close)
            at += close;
        while (at < line.Length && line[at] is not ((byte)' ' or (byte)'\t'))
            at++;
        field = new Field(start, at);
        return at > start;
    }

    public static FieldKind KindOf(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, LongestBracket)]);
        var bare = text.Trim('[', ']', '(', ')', ':', ',', '|', '<', '>', '"');
        if (LevelOf(bare) != LogLevel.None)
            return FieldKind.Level;
        if (IsCalendar(bare))
            return FieldKind.Time;
        if (NumberKind(text.Trim('[', ']', ',')) is { } number)
            return number;
        if (text[0] == '[')
            return HasClock(text) ? FieldKind.Time : text.TrimEnd(':').EndsWith(']') ? FieldKind.Bracket : FieldKind.Other;
        if (text == "-")
            return FieldKind.Dash;
        return text.Length > 1 && text[^1] == ':' ? FieldKind.Tag : IsDotted(text) ? FieldKind.Dotted : FieldKind.Other;
    }

    /// <summary>The level that a whole field names: a word, or Android's and glog's single letter.</summary>
    public static LogLevel LevelOf(ReadOnlySpan<char> bare) => bare.Length != 1 ? LevelWords.Of(bare) ?? LogLevel.None
        : bare[0] switch { 'E' => LogLevel.Error, 'F' or 'A' => LogLevel.Critical, 'W' => LogLevel.Warning, 'V' or 'D' or 'I' => LogLevel.Other, _ => LogLevel.None };

    public static bool IsCalendar(ReadOnlySpan<char> word) => word is "Jan" or "Feb" or "Mar" or "Apr" or "May" or "Jun" or "Jul" or "Aug" or "Sep" or "Oct" or "Nov" or "Dec"
        or "Mon" or "Tue" or "Wed" or "Thu" or "Fri" or "Sat" or "Sun";

    private static FieldKind? NumberKind(string text)
    {
        var digits = text.Count(char.IsAsciiDigit);
        if (digits == 0 || text.Any(letter => !char.IsAsciiDigit(letter) && !"-:./,+TZ".Contains(letter, StringComparison.Ordinal)))
            return null;
        var inner = text.Trim(':', ',');
        var isEpoch = digits == text.Length && digits is 10 or 13 && text[0] == '1';
        return isEpoch || digits >= 6 && inner.AsSpan().ContainsAny("-:./") || digits >= 4 && inner.Contains(':') ? FieldKind.Time : FieldKind.Number;
    }

    private static bool HasClock(string text)
    {
        for (var at = 2; at + 2 < text.Length; at++)
        {
            if (text[at] == ':' && char.IsAsciiDigit(text[at - 1]) && char.IsAsciiDigit(text[at - 2]) && char.IsAsciiDigit(text[at + 1]) && char.IsAsciiDigit(text[at + 2]))
                return true;
        }
        return false;
    }

    private static bool IsDotted(string text) => text.Contains('.') && text.Split('.').All(part => part.Length > 0 && part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '$'));
}
