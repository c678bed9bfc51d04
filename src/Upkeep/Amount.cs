using System.Globalization;

namespace Upkeep;

/// <summary>Amounts of bytes and stretches of time, for messages.</summary>
internal static class Amount
{
    private static readonly string[] _units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>For example <c>101 MiB</c>.</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        for (; Math.Abs(bytes) >= 1024 && unit < _units.Length - 1; unit++)
            bytes /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes.ToString(Math.Abs(bytes) < 10 && unit > 0 ? "0.0" : "0", CultureInfo.InvariantCulture)} {_units[unit]}");
    }

    /// <summary>An age that people compare with days: <c>5 hours</c>, <c>3 days</c>.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalMinutes: < 2 } => Counted.Of(Math.Max(0, (long)age.TotalSeconds), "second"),
        { TotalHours: < 2 } => Counted.Of((long)age.TotalMinutes, "minute"),
        { TotalDays: < 2 } => Counted.Of((long)age.TotalHours, "hour"),
        _ => Counted.Of((long)age.TotalDays, "day"),
    };
}
