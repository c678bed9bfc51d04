using NodaTime;
using Upkeep.Configuration;

namespace Upkeep.Planning;

/// <summary>
/// The maintenance windows of a platform: one a week, in the platform's own time, across every change of its clock.
/// <para>
/// One rule decides all three of preparation, start and end: a wall-clock time stands for the first instant at which the local clock reads
/// that time or later. So a time that a change skips is the first instant that exists after it, and of a time that is read twice the
/// first counts. Since a later reading can't be reached before an earlier one, preparation, start and end never change places. A window
/// of which the clock leaves nothing is moved whole (see docs/decisions/window-rules.md).
/// </para>
/// </summary>
public sealed class WindowCalendar
{
    private readonly DateTimeZone _zone;
    private readonly IsoDayOfWeek _day;
    private readonly WallClock _preparation;
    private readonly WallClock _start;
    private readonly WallClock _end;

    private WindowCalendar(WindowSettings settings, DateTimeZone zone)
    {
        _zone = zone;
        _day = settings.Day == DayOfWeek.Sunday ? IsoDayOfWeek.Sunday : (IsoDayOfWeek)settings.Day;
        _start = new WallClock(0, Time(settings.Start));
        // Times alone don't say which day: preparation is before the start, the end after it, each by less than a day (the end by a whole one at most).
        _preparation = new WallClock(settings.Preparation > settings.Start ? -1 : 0, Time(settings.Preparation));
        _end = new WallClock(settings.End > settings.Start ? 0 : 1, Time(settings.End));
        UsualLength = (settings.End - settings.Start) is { Ticks: > 0 } length ? length : TimeSpan.FromDays(1);
    }

    /// <summary>How long a window lasts when the clock doesn't change during it.</summary>
    public TimeSpan UsualLength { get; }

    /// <summary>The calendar of the platform's window.</summary>
    /// <exception cref="NodaTime.TimeZones.DateTimeZoneNotFoundException">The zone isn't in the tz database.</exception>
    public static WindowCalendar Create(WindowSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new WindowCalendar(settings, DateTimeZoneProviders.Tzdb[settings.TimeZone]);
    }

    /// <summary>The window that the instant lies in, its preparation included; null between two windows.</summary>
    public MaintenanceWindow? Containing(DateTimeOffset instant) =>
        From(instant).First() is var window && window.Contains(instant) ? window : null;

    /// <summary>The next windows, soonest first; one that is open at the instant comes first.</summary>
    public IReadOnlyList<MaintenanceWindow> Next(DateTimeOffset instant, int count) => [.. From(instant).Take(count)];

    /// <summary>Every window that has not ended at the instant, soonest first, without end.</summary>
    public IEnumerable<MaintenanceWindow> From(DateTimeOffset instant)
    {
        // A window ends less than three days after the date it is counted from, even where a whole day is skipped.
        var date = Instant.FromDateTimeOffset(instant).InZone(_zone).Date.PlusDays(-4);
        for (date = date.DayOfWeek == _day ? date : date.Next(_day); ; date = date.PlusWeeks(1))
        {
            if (On(date) is var window && window.End > instant)
                yield return window;
        }
    }

    private MaintenanceWindow On(LocalDate date)
    {
        var start = First(_start.On(date));
        var end = First(_end.On(date));
        var moved = end <= start;
        if (moved)
            end = start + Duration.FromTimeSpan(UsualLength);
        var preparation = First(_preparation.On(date));
        var opens = start.InZone(_zone);
        return new MaintenanceWindow
        {
            Date = opens.Date.ToDateOnly(),
            TimeZone = _zone.Id,
            PreparationOpens = preparation.InZone(_zone).ToDateTimeOffset(),
            Start = opens.ToDateTimeOffset(),
            End = end.InZone(_zone).ToDateTimeOffset(),
            Note = ClockNote.Of(_zone, _start.On(date), preparation, start, end, UsualLength, moved),
        };
    }

    private Instant First(LocalDateTime wallClock)
    {
        var mapping = _zone.MapLocal(wallClock);
        return mapping.Count == 0 ? mapping.LateInterval.Start : mapping.First().ToInstant();
    }

    private static LocalTime Time(TimeOnly time) => LocalTime.FromTimeOnly(time);

    /// <summary>A reading of the clock, with the days between the window's date and its own.</summary>
    private readonly record struct WallClock(int Days, LocalTime Time)
    {
        public LocalDateTime On(LocalDate date) => date.PlusDays(Days) + Time;
    }
}
