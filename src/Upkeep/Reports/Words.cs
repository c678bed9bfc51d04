using System.Globalization;
using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>Figures, durations and names as people read them.</summary>
public static class Words
{
    private static readonly string[] _byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>A figure: counts as <c>120,000</c>, bytes, times and shares with their unit.</summary>
    public static string Figure(double value, string unit) => unit switch
    {
        "bytes" => Bytes(value),
        "ms" => Milliseconds(value),
        "seconds" => Milliseconds(value * 1000),
        "share" => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.##} %"),
        _ => Math.Abs(value) >= 100 || value == Math.Truncate(value)
            ? value.ToString("#,##0", CultureInfo.InvariantCulture)
            : value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    public static string Bytes(double value)
    {
        var unit = 0;
        while (Math.Abs(value) >= 1024 && unit < _byteUnits.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{value.ToString(Math.Abs(value) < 10 && unit > 0 ? "0.#" : "0", CultureInfo.InvariantCulture)} {_byteUnits[unit]}");
    }

    public static string Duration(TimeSpan span) => Milliseconds(span.TotalMilliseconds);

    private static string Milliseconds(double value)
    {
        var whole = TimeSpan.FromMilliseconds(Math.Clamp(value, -1e12, 1e12));
        return Math.Abs(value) switch
        {
            < 10 => string.Create(CultureInfo.InvariantCulture, $"{value:0.##} ms"),
            < 1000 => string.Create(CultureInfo.InvariantCulture, $"{value:0} ms"),
            < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1000:0.0} s"),
            < 3_600_000 => string.Create(CultureInfo.InvariantCulture, $"{(int)whole.TotalMinutes} min {whole.Seconds:00} s"),
            < 172_800_000 => string.Create(CultureInfo.InvariantCulture, $"{(int)whole.TotalHours} h {whole.Minutes:00} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{whole.TotalDays:0.#} days"),
        };
    }

    /// <summary>How a figure moved, for example <c>−98 %</c>; empty where that says nothing.</summary>
    public static string Change(double? before, double? after)
    {
        if (before is not { } from || after is not { } to || from == 0 || from == to)
            return "";
        var share = (to - from) / Math.Abs(from) * 100;
        var sign = share < 0 ? "−" : "+";
        return Math.Abs(share) switch
        {
            < 0.1 => "",
            < 10 => string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(share):0.#} %"),
            < 1000 => string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(share):0} %"),
            _ => string.Create(CultureInfo.InvariantCulture, $"×{Math.Abs(to / from):#,##0}"),
        };
    }

    /// <summary>A snake_case or kebab-case name as words: <c>dead_rows</c> as <c>Dead rows</c>.</summary>
    public static string Label(string name)
    {
        var words = name.Replace('_', ' ').Replace('-', ' ').Trim();
        return words.Length == 0 ? name : char.ToUpperInvariant(words[0]) + words[1..];
    }

    public static string Count(int count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:#,##0} {(count == 1 ? one : many ?? one + "s")}");

    public static string Status(StepStatus status) => status.ToString().ToLowerInvariant();

    public static string Status(RunStatus status) => status == RunStatus.RolledBack ? "rolled back" : status.ToString().ToLowerInvariant();
}
