using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;

namespace Upkeep.LogReading;

/// <summary>Reads the time a log line begins with. Without an offset it is the platform's local time.</summary>
internal sealed partial class LogTime(DateTimeZone zone, LocalDate today)
{
    // Where in a line a time stamp may stand.
    private const int Head = 80;

    private static readonly string[] _months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    private static readonly Regex[] _forms = [Iso(), Web(), Syslog(), MonthAndDay(), TwoDigitYear(), Compact(), Epoch()];

    private Regex? _before;

    /// <param name="line">A line, or only its time.</param>
    /// <param name="length">How much of it was needed to find the time.</param>
    public Instant? Read(ReadOnlySpan<char> line, out int length)
    {
        var head = line[..Math.Min(Head, line.Length)].ToString();
        // The lines of a log begin alike.
        if (_before?.Match(head) is { Success: true, Index: 0 } again)
        {
            length = again.Length;
            return Of(again);
        }
        foreach (var form in _forms)
        {
            if (form.Match(head) is not { Success: true } match)
                continue;
            _before = form;
            length = match.Index + match.Length;
            return Of(match);
        }
        length = 0;
        return null;
    }

    private Instant? Of(Match match)
    {
        if (match.Groups["epoch"] is { Success: true } epoch)
            return FromEpoch(double.Parse(epoch.ValueSpan, CultureInfo.InvariantCulture));
        var month = match.Groups["month"].ValueSpan is var name && char.IsAsciiLetter(name[0]) ? Month(match) : Number(match, "month");
        if (match.Groups["year"].Success)
            return Make(match, Number(match, "year") is var year && year < 100 ? 2000 + year : year, month);
        // Without a year: the last day of that name that has begun anywhere on earth.
        var isAhead = month > today.Month || month == today.Month && Number(match, "day") > today.Day + 1;
        return Make(match, isAhead ? today.Year - 1 : today.Year, month);
    }

    /// <summary>Seconds or milliseconds since 1970, as JSON loggers write them.</summary>
    public static Instant? FromEpoch(double number) => number switch
    {
        >= 1e11 and < 1e14 => Instant.FromUnixTimeMilliseconds((long)number),
        >= 1e8 and < 1e11 => Instant.FromUnixTimeSeconds((long)number),
        _ => null,
    };

    private Instant? Make(Match match, int year, int month)
    {
        var (day, hour, minute, second) = (Number(match, "day"), Number(match, "hour"), Number(match, "minute"), Math.Min(59, Number(match, "second")));
        if (month is < 1 or > 12 || year is < 1970 or > 9000 || day < 1 || day > CalendarSystem.Iso.GetDaysInMonth(year, month) || hour > 23 || minute > 59)
            return null;
        var local = new LocalDateTime(year, month, day, hour, minute, second);
        return Offset(match.Groups["offset"].Value) is { } known ? local.WithOffset(known).ToInstant() : local.InZoneLeniently(zone).ToInstant();
    }

    private static Offset? Offset(string text) => text switch
    {
        "" => null,
        "Z" or "UTC" or "GMT" => NodaTime.Offset.Zero,
        _ => NodaTime.Offset.FromSeconds((text[0] == '-' ? -60 : 60)
            * (int.Parse(text.AsSpan(1, 2), CultureInfo.InvariantCulture) * 60 + (text.Length > 3 ? int.Parse(text.AsSpan(text.Length - 2), CultureInfo.InvariantCulture) : 0))),
    };

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    /// <summary>1 to 12, or 0 for what is no month.</summary>
    private static int Month(Match match) => 1 + Array.IndexOf(_months, match.Groups["month"].Value);

    [GeneratedRegex(@"(?<year>\d{4})[-/](?<month>\d\d)[-/](?<day>\d\d)[T ](?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:[.,]\d+)?\s?(?<offset>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?(?!\d))?", RegexOptions.CultureInvariant)]
    private static partial Regex Iso();

    [GeneratedRegex(@"(?<day>\d\d)/(?<month>[A-Z][a-z]{2})/(?<year>\d{4}):(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)\s?(?<offset>[+-]\d{4})?", RegexOptions.CultureInvariant)]
    private static partial Regex Web();

    // Syslog, and ctime with its year at the end.
    [GeneratedRegex(@"\b(?<month>[A-Z][a-z]{2}) {1,2}(?<day>\d{1,2}) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)\b(?:\.\d+)?(?: (?<year>(?:19|20)\d\d)\b)?", RegexOptions.CultureInvariant)]
    private static partial Regex Syslog();

    // 03-17 16:13:38.811 (Android), 10.30 16:49:06
    [GeneratedRegex(@"^\[?(?<month>\d\d)[-.](?<day>\d\d) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)", RegexOptions.CultureInvariant)]
    private static partial Regex MonthAndDay();

    // 17/06/09 20:10:40 (Hadoop, Spark), 081109 203615 (HDFS)
    [GeneratedRegex(@"^(?:(?<year>\d\d)/(?<month>\d\d)/(?<day>\d\d) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)|(?<year>\d\d)(?<month>\d\d)(?<day>\d\d) (?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d))\b", RegexOptions.CultureInvariant)]
    private static partial Regex TwoDigitYear();

    // 20171223-22:15:29:606
    [GeneratedRegex(@"^(?<year>20\d\d)(?<month>\d\d)(?<day>\d\d)[-T ](?<hour>\d{1,2}):?(?<minute>\d{1,2}):?(?<second>\d{1,2})", RegexOptions.CultureInvariant)]
    private static partial Regex Compact();

    // 1131566461, after a dash on some clusters
    [GeneratedRegex(@"^(?:- )?\[?(?<epoch>1\d{9}(?:\d{3})?)(?!\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Epoch();
}
