using System.Globalization;

namespace Upkeep.Planning;

/// <summary>Durations as people say them.</summary>
internal static class DurationWords
{
    /// <summary>The duration in its two largest units, for example <c>3 h 20 min</c>, <c>45 s</c>, <c>120 ms</c>.</summary>
    public static string Of(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            return "-" + Of(-duration);
        if (duration < TimeSpan.FromSeconds(1))
            return Text($"{duration.TotalMilliseconds:0} ms");
        if (duration < TimeSpan.FromMinutes(1))
            return Text($"{duration.TotalSeconds:0.#} s");
        if (duration < TimeSpan.FromHours(1))
            return duration.Seconds == 0 ? Text($"{duration.Minutes} min") : Text($"{duration.Minutes} min {duration.Seconds} s");
        var hours = (long)duration.TotalHours;
        return duration.Minutes == 0 ? Text($"{hours} h") : Text($"{hours} h {duration.Minutes} min");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
