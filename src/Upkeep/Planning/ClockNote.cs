using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Upkeep.Planning;

/// <summary>Puts into words what a change of the local clock does to a window.</summary>
internal static class ClockNote
{
    private static readonly LocalTimePattern Clock = LocalTimePattern.CreateWithInvariantCulture("HH:mm");

    public static string? Of(DateTimeZone zone, LocalDateTime wantedStart, Instant preparation, Instant start, Instant end, TimeSpan usual, bool moved)
    {
        // From just before the preparation: a change at the very start is one that moved it.
        var before = zone.GetZoneInterval(preparation - Duration.Epsilon);
        if (!before.HasEnd || before.End > end)
            return null;
        var after = zone.GetZoneInterval(before.End);
        if (after.WallOffset == before.WallOffset)
            return null;

        var change = $"the clock goes from {Reading(before.End, before.WallOffset)} to {Reading(before.End, after.WallOffset)} on {Day(before.End, after.WallOffset)}";
        var length = (end - start).ToTimeSpan();
        if (moved)
            return $"{change} and skips the whole window: it is moved to start then and lasts its usual {Amount.Duration(usual)}";
        if (start.InZone(zone).LocalDateTime != wantedStart)
            change += $" and skips {Clock.Format(wantedStart.TimeOfDay)}: it starts at {Clock.Format(start.InZone(zone).TimeOfDay)}";
        return length == usual ? change : $"{change}; the window lasts {Amount.Duration(length)} instead of {Amount.Duration(usual)}";
    }

    private static string Reading(Instant instant, Offset offset) => Clock.Format(instant.WithOffset(offset).TimeOfDay);

    private static string Day(Instant instant, Offset offset) => instant.WithOffset(offset).Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
