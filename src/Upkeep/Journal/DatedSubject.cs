using System.Globalization;

namespace Upkeep.Journal;

/// <summary>
/// The subject of a measure that was taken of something at a time, for example <c>2026-11-22T06:31:00Z own backups</c>: figures of one name and
/// the same words behind the instant are a series, which a report draws as a line. A day alone (<c>2026-11-22</c>) is a figure of that day.
/// </summary>
public static class DatedSubject
{
    /// <summary>How the words of a series end that is no look at anything but a line through another series.</summary>
    public const string Trend = ", trend";

    private const string InstantFormat = "yyyy-MM-ddTHH:mm:ss'Z'";
    private const int InstantLength = 20;
    private const string DayFormat = "yyyy-MM-dd";

    public static string Of(DateTimeOffset at, string what) => at.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture) + " " + what;

    public static string Of(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);

    /// <summary>The instant and the words behind it, or null where the subject is none of these.</summary>
    public static (DateTimeOffset At, string What)? Instant(string? subject) =>
        subject is { Length: > InstantLength + 1 } && subject[InstantLength] == ' '
        && DateTimeOffset.TryParseExact(subject[..InstantLength], InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? (at, subject[(InstantLength + 1)..]) : null;

    /// <summary>The day, or null where the subject is none.</summary>
    public static DateOnly? Day(string? subject) =>
        subject is { Length: 10 } && DateOnly.TryParseExact(subject, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
