using System.Globalization;

namespace Upkeep;

/// <summary>Amounts of bytes and stretches of time, as people read them.</summary>
public static class Amount
{
    private static readonly string[] _units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>In the largest binary unit (IEC 80000-13) that leaves a whole one, for example <c>101 MiB</c>, <c>7.0 GiB</c>, <c>12 B</c>.</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        for (; Math.Abs(bytes) >= 1024 && unit < _units.Length - 1; unit++)
            bytes /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes.ToString(Math.Abs(bytes) < 10 && unit > 0 ? "0.0" : "0", CultureInfo.InvariantCulture)} {_units[unit]}");
    }

    /// <summary>In its two largest units, for example <c>3 h 20 min</c>, <c>45 s</c>, <c>120 ms</c>, <c>2.5 days</c>.</summary>
    public static string Duration(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            return "-" + Duration(duration == TimeSpan.MinValue ? TimeSpan.MaxValue : -duration);
        return duration switch
        {
            { TotalMilliseconds: < 10 } => Text($"{duration.TotalMilliseconds:0.##} ms"),
            { TotalMilliseconds: < 999.5 } => Text($"{duration.TotalMilliseconds:0} ms"),
            { TotalSeconds: < 60 } => Text($"{duration.TotalSeconds:0.#} s"),
            { TotalHours: < 1 } => Two(duration.Minutes, "min", duration.Seconds, "s"),
            { TotalHours: < 48 } => Two((long)duration.TotalHours, "h", duration.Minutes, "min"),
            _ => Text($"{duration.TotalDays:0.#} days"),
        };
    }

    /// <summary>An age that people compare with days: <c>5 hours</c>, <c>3 days</c>.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalMinutes: < 2 } => Counted.Of(Math.Max(0, (long)age.TotalSeconds), "second"),
        { TotalHours: < 2 } => Counted.Of((long)age.TotalMinutes, "minute"),
        { TotalDays: < 2 } => Counted.Of((long)age.TotalHours, "hour"),
        _ => Counted.Of((long)age.TotalDays, "day"),
    };

    private static string Two(long large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? Text($"{large} {largeUnit}") : Text($"{large} {largeUnit} {small} {smallUnit}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
