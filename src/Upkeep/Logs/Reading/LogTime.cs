using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;

namespace Upkeep.Logs.Reading;

/// <summary>Reads the time a log line begins with. Without an offset it is the platform's local time.</summary>
internal sealed partial class LogTime(DateTimeZone zone, LocalDate today)
{
    // Where in a line a time stamp may stand.
    private const int Head = 80;

    private static readonly string[] _months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    public Instant? Read(ReadOnlySpan<char> line)
    {
        var head = line[..Math.Min(Head, line.Length)].ToString();
        if (Iso().Match(head) is { Success: true } iso)
            return Make(iso, Number(iso, "year"), Number(iso, "month"));
        if (Web().Match(head) is { Success: true } web)
            return Make(web, Number(web, "year"), Month(web));
        // Syslog has no year: a month later than this one was last year's.
        if (Syslog().Match(head) is { Success: true } syslog)
            return Make(syslog, Month(syslog) > today.Month ? today.Year - 1 : today.Year, Month(syslog));
        return null;
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

    [GeneratedRegex(@"\b(?<month>[A-Z][a-z]{2}) {1,2}(?<day>\d{1,2}) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Syslog();
}
