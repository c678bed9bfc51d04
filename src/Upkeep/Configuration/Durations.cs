using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Upkeep.Configuration;

/// <summary>Durations as people write them: <c>90 days</c>, <c>30m</c>, <c>1h 30m</c>, <c>100ms</c>.</summary>
public static partial class Durations
{
    public const string Examples = "100ms, 30s, 5m, 2h, 90 days, 2 weeks or 1h 30m";

    private static readonly (string Short, TimeSpan Length)[] _writing =
        [("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)), ("ms", TimeSpan.FromMilliseconds(1))];

    /// <returns>False for anything but numbers with units; a bare number has no unit and only <c>0</c> needs none.</returns>
    public static bool TryRead(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Trim() == "0")
            return true;
        if (Whole().Match(text) is not { Success: true } match)
            return false;
        var total = 0.0;
        for (var part = 0; part < match.Groups["number"].Captures.Count; part++)
        {
            total += double.Parse(match.Groups["number"].Captures[part].ValueSpan, CultureInfo.InvariantCulture)
                * Unit(match.Groups["unit"].Captures[part].Value).TotalMilliseconds;
        }
        if (total > TimeSpan.FromDays(365_000).TotalMilliseconds)
            return false;
        duration = TimeSpan.FromMilliseconds(total);
        return true;
    }

    /// <summary>The shortest spelling that <see cref="TryRead"/> reads back: <c>90d</c>, <c>1h 30m</c>.</summary>
    public static string Write(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0";
        var text = new StringBuilder();
        foreach (var (name, length) in _writing)
        {
            var count = duration.Ticks / length.Ticks;
            duration -= count * length;
            if (count != 0)
                text.Append(text.Length == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"{count}{name}");
        }
        return text.ToString();
    }

    private static TimeSpan Unit(string unit) => unit.ToUpperInvariant() switch
    {
        "MS" or "MILLISECOND" or "MILLISECONDS" => TimeSpan.FromMilliseconds(1),
        "S" or "SEC" or "SECOND" or "SECONDS" => TimeSpan.FromSeconds(1),
        "M" or "MIN" or "MINUTE" or "MINUTES" => TimeSpan.FromMinutes(1),
        "H" or "HOUR" or "HOURS" => TimeSpan.FromHours(1),
        "D" or "DAY" or "DAYS" => TimeSpan.FromDays(1),
        _ => TimeSpan.FromDays(7),
    };

    /// <summary>One duration; the published schema uses the same pattern, so it keeps to what JSON schemas know.</summary>
    internal const string Pattern = @"^\s*((?<number>[0-9]+(\.[0-9]+)?)\s*(?<unit>ms|milliseconds?|seconds?|sec|s|minutes?|min|m|hours?|h|days?|d|weeks?|w)\s*)+$";

    [GeneratedRegex(Pattern, RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Whole();
}
