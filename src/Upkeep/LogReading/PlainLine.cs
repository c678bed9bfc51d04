using System.Buffers;

namespace Upkeep.LogReading;

/// <summary>
/// Finds the level in a line of text. Only a word in the line's head counts, never one in its message: the head is read field by field
/// (dates, times, numbers, names with dots, things in brackets) until a field is a level or the message begins. A level is an
/// upper-case word (<c>ERROR</c>), any case in brackets or between bars (<c>[error]</c>), or with a colon (<c>error:</c>); besides
/// <c>level=error</c>, syslog's <c>&lt;3&gt;</c> and klog's <c>E1122</c>.
/// </summary>
internal static class PlainLine
{
    private const int MaxFields = 16;
    private const string Delimiters = " \t|[]<>(){},:;\"";

    private static readonly SearchValues<char> _fieldMarks = SearchValues.Create(".-_/#$@=+*");

    public static LogLevel Level(ReadOnlySpan<char> line)
    {
        if (SyslogPriority(line) is { } severity)
            return LevelWords.Of(severity);
        if (Logfmt(line) is { } named)
            return named;
        var (at, afterNumber, hostIsNext, depth) = (0, false, IsSyslogStamp(line), 0);
        for (var fields = 0; fields < MaxFields && Next(line, ref at, ref depth, out var start, out var length); fields++)
        {
            var field = line.Slice(start, length);
            if (Klog(field, fields) is { } klog)
                return klog;
            var after = at < line.Length ? line[at] : ' ';
            if (LevelWords.Of(field) is { } level)
                return IsMarked(field, start == 0 ? ' ' : line[start - 1], after, depth) ? level : LogLevel.None;
            if (field.Length == 1 && afterNumber && "VDIWEF".Contains(field[0], StringComparison.Ordinal))
                return field[0] switch { 'E' => LogLevel.Error, 'F' => LogLevel.Critical, 'W' => LogLevel.Warning, _ => LogLevel.Other };
            // A syslog stamp is three fields of date and time (five with the colons); the host's name after it may be any word.
            var isHost = hostIsNext && fields == 5;
            if (!isHost && !IsHead(field, after, NextIsDash(line, at), depth))
                return LogLevel.None;
            afterNumber = !field.ContainsAnyExceptInRange('0', '9');
        }
        return LogLevel.None;
    }

    private static bool IsMarked(ReadOnlySpan<char> word, char before, char after, int depth) =>
        !word.ContainsAnyInRange('a', 'z') || after == ':' && !char.IsAsciiLetterUpper(word[0]) || depth > 0 || (before is '|' or '"' && after is '|' or '"');

    // A field of the head: has something a plain word lacks, or stands in brackets, or is set apart by what follows it.
    private static bool IsHead(ReadOnlySpan<char> field, char after, bool dashFollows, int depth) =>
        depth > 0 || dashFollows || after is ':' or '|' or '[' or ']' or '(' || field.ContainsAnyInRange('0', '9') || field.ContainsAny(_fieldMarks)
        || IsZone(field) || IsCalendarWord(field);

    private static bool IsZone(ReadOnlySpan<char> field) =>
        field is "UTC" or "Z" || (field.Length is 3 or 4 && field[^1] == 'T' && !field.ContainsAnyExceptInRange('A', 'Z'));

    private static bool IsCalendarWord(ReadOnlySpan<char> field) => Field.IsCalendar(field) || field is "AM" or "PM";

    private static bool NextIsDash(ReadOnlySpan<char> line, int at)
    {
        var rest = line[at..].TrimStart(' ');
        return rest.StartsWith("- ", StringComparison.Ordinal) || rest.StartsWith("-- ", StringComparison.Ordinal);
    }

    private static bool Next(ReadOnlySpan<char> line, ref int at, ref int depth, out int start, out int length)
    {
        while (at < line.Length && Delimiters.Contains(line[at], StringComparison.Ordinal))
            depth = Math.Max(0, depth + (line[at++] switch { '[' or '<' or '(' or '{' => 1, ']' or '>' or ')' or '}' => -1, _ => 0 }));
        start = at;
        while (at < line.Length && !Delimiters.Contains(line[at], StringComparison.Ordinal))
            at++;
        length = at - start;
        return length > 0;
    }

    private static double? SyslogPriority(ReadOnlySpan<char> line)
    {
        var end = line.StartsWith("<", StringComparison.Ordinal) ? line.IndexOf('>') : -1;
        return end is >= 2 and <= 4 && int.TryParse(line[1..end], out var priority) && priority is >= 0 and <= 191 ? priority % 8 : null;
    }

    // Outside of quotes only: a message may quote another line.
    public static LogLevel? Logfmt(ReadOnlySpan<char> line)
    {
        foreach (var key in (ReadOnlySpan<string>)["level=", "lvl=", "severity="])
        {
            var at = line.IndexOf(key, StringComparison.OrdinalIgnoreCase);
            if (at < 0 || at > 0 && !char.IsWhiteSpace(line[at - 1]) || line[..at].Count('"') % 2 != 0)
                continue;
            var value = line[(at + key.Length)..].TrimStart('"');
            var end = value.IndexOfAny(" \t\",;");
            if (LevelWords.Of(end < 0 ? value : value[..end]) is { } level)
                return level;
        }
        return null;
    }

    // Kubernetes' logger: one letter for the level, then month and day.
    private static LogLevel? Klog(ReadOnlySpan<char> field, int position) =>
        position == 0 && field.Length == 5 && !field[1..].ContainsAnyExceptInRange('0', '9')
            ? field[0] switch { 'E' => LogLevel.Error, 'F' => LogLevel.Critical, 'W' => LogLevel.Warning, 'I' => LogLevel.Other, _ => null }
            : null;

    private static bool IsSyslogStamp(ReadOnlySpan<char> line) =>
        line.Length > 15 && IsCalendarWord(line[..3]) && line[3] == ' ' && line[9] == ':' && line[12] == ':' && line[15] == ' ';
}
