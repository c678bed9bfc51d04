using CsCheck;
using NodaTime;
using NodaTime.TimeZones;
using Upkeep.Configuration;
using Upkeep.Planning;

namespace Upkeep.Tests.Planning;

/// <summary>Every zone of the tz database, every week of 2020 to 2040; and any window at all in any zone.</summary>
public sealed class EveryZoneTests
{
    private static readonly DateTimeOffset From = WindowCalendarTests.At("2020-01-01T00:00Z");
    private static readonly DateTimeOffset To = WindowCalendarTests.At("2041-01-01T00:00Z");
    private static readonly string[] Zones = [.. DateTimeZoneProviders.Tzdb.Ids];

    [Theory]
    [InlineData("01:30", "02:00", "06:00", DayOfWeek.Sunday)]
    [InlineData("23:30", "00:00", "04:00", DayOfWeek.Sunday)]
    [InlineData("22:00", "23:00", "02:30", DayOfWeek.Saturday)]
    [InlineData("02:00", "02:00", "02:30", DayOfWeek.Sunday)]
    public void Each_week_has_one_window_in_every_zone(string preparation, string start, string end, DayOfWeek day)
    {
        Zones.Length.ShouldBeGreaterThan(500);
        Parallel.ForEach(Zones, zone => CheckWeeks(zone, Settings(zone, day, preparation, start, end)));
    }

    // From 1973 on every offset is of whole minutes, which is all that DateTimeOffset can say.
    [Fact]
    public void Any_window_in_any_zone_and_year_keeps_the_rules() =>
        Gen.Select(Gen.Int[0, Zones.Length - 1].Select(index => Zones[index]), Gen.Int[0, 6], Gen.Int[0, 1439], Gen.Int[0, 1439], Gen.Int[0, 1439], Gen.Int[1973, 2040]).Sample(
            (zone, day, preparation, start, end, year) =>
            {
                var settings = new WindowSettings { Day = (DayOfWeek)day, TimeZone = zone, Preparation = Minute(preparation), Start = Minute(start), End = Minute(end) };
                var from = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
                CheckRules(DateTimeZoneProviders.Tzdb[zone], settings, WindowCalendar.Create(settings).From(from).TakeWhile(window => window.Start < from.AddYears(1)));
            }, iter: 1_000);

    [Fact]
    public void Whatever_the_instant_it_lies_in_one_window_at_most_and_the_next_ones_follow() =>
        Gen.Select(Gen.Int[0, Zones.Length - 1].Select(index => Zones[index]), Gen.Long[From.UtcTicks, To.UtcTicks]).Sample((zone, ticks) =>
        {
            var instant = new DateTimeOffset(ticks, TimeSpan.Zero);
            var calendar = WindowCalendarTests.Calendar(zone);
            var next = calendar.Next(instant, 3);
            next.Count(window => window.Contains(instant)).ShouldBe(calendar.Containing(instant) is null ? 0 : 1);
            next[0].End.ShouldBeGreaterThan(instant);
            (next[0].PreparationOpens - instant).ShouldBeLessThanOrEqualTo(TimeSpan.FromDays(8));
            calendar.Next(next[0].End, 1)[0].ShouldBe(next[1]);
            calendar.Next(next[0].End.AddTicks(-1), 1)[0].ShouldBe(next[0]);
        }, iter: 2_000);

    private static void CheckWeeks(string zone, WindowSettings settings)
    {
        var windows = WindowCalendar.Create(settings).From(From).TakeWhile(window => window.Start < To).ToList();
        windows.Count.ShouldBeInRange(1095, 1097, zone);
        CheckRules(DateTimeZoneProviders.Tzdb[zone], settings, windows);
    }

    private static void CheckRules(DateTimeZone zone, WindowSettings settings, IEnumerable<MaintenanceWindow> windows)
    {
        MaintenanceWindow? last = null;
        var usual = WindowCalendar.Create(settings).UsualLength;
        foreach (var window in windows)
        {
            Require(window.PreparationOpens <= window.Start && window.Start < window.End, "in order", zone, window);
            if (last is not null)
            {
                Require(last.End <= window.PreparationOpens, "apart from the one before", zone, window);
                Require(window.Date.DayNumber - last.Date.DayNumber is >= 6 and <= 8, "about a week after the one before", zone, window);
                Require(window.Date.DayOfWeek == settings.Day || window.Note is not null, "on its day", zone, window);
            }
            last = window;

            // Where the offset is the same from the preparation's day to the end, everything reads as configured.
            var offsets = zone.GetZoneIntervals(new Interval(At(window.Start).Minus(Duration.FromDays(3)), At(window.End).Plus(Duration.FromDays(1)))).ToList();
            if (offsets.Select(interval => interval.WallOffset).Distinct().Count() == 1)
            {
                Require(window.Length == usual && window.Note is null, "of the usual length", zone, window);
                Require(Reading(zone, window.Start).TimeOfDay == LocalTime.FromTimeOnly(settings.Start), "starting as configured", zone, window);
                Require(Reading(zone, window.PreparationOpens).TimeOfDay == LocalTime.FromTimeOnly(settings.Preparation), "prepared as configured", zone, window);
                Require(Reading(zone, window.End).TimeOfDay == LocalTime.FromTimeOnly(settings.End), "ending as configured", zone, window);
            }
            else
            {
                CheckAroundChange(zone, settings, window, usual, offsets);
            }
        }
    }

    /// <summary>Asks the zone's raw intervals, not its mapping of local times: no instant before may already read as late as the wanted time.</summary>
    private static void CheckAroundChange(DateTimeZone zone, WindowSettings settings, MaintenanceWindow window, TimeSpan usual, List<ZoneInterval> intervals)
    {
        var day = new[] { 0, -1 }.Select(days => Reading(zone, window.Start).Date.PlusDays(days)).First(date => (int)date.DayOfWeek % 7 == (int)settings.Day);
        var start = day + LocalTime.FromTimeOnly(settings.Start);
        var end = day.PlusDays(settings.End > settings.Start ? 0 : 1) + LocalTime.FromTimeOnly(settings.End);
        Require(FirstAtOrAfter(intervals, start) == At(window.Start), "starting at the first instant that reads so late", zone, window);
        var wallClockEnd = FirstAtOrAfter(intervals, end);
        if (wallClockEnd > At(window.Start))
            Require(wallClockEnd == At(window.End), "ending at the wall-clock end", zone, window);
        else
            Require(window.Length == usual, "moved whole", zone, window);
    }

    private static Instant FirstAtOrAfter(List<ZoneInterval> intervals, LocalDateTime wanted)
    {
        foreach (var interval in intervals)
        {
            var candidate = Instant.Max(interval.HasStart ? interval.Start : Instant.MinValue, wanted.WithOffset(interval.WallOffset).ToInstant());
            if (!interval.HasEnd || candidate < interval.End)
                return candidate;
        }
        throw new InvalidOperationException($"nothing reads {wanted}");
    }

    private static void Require(bool holds, string rule, DateTimeZone zone, MaintenanceWindow window) =>
        holds.ShouldBeTrue(holds ? null : $"{zone.Id}: {window} should be {rule}");

    private static Instant At(DateTimeOffset instant) => Instant.FromDateTimeOffset(instant);

    private static LocalDateTime Reading(DateTimeZone zone, DateTimeOffset instant) => At(instant).InZone(zone).LocalDateTime;

    private static TimeOnly Minute(int ofDay) => new(ofDay / 60, ofDay % 60);

    private static WindowSettings Settings(string zone, DayOfWeek day, string preparation, string start, string end)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return new WindowSettings { Day = day, TimeZone = zone, Preparation = TimeOnly.Parse(preparation, culture), Start = TimeOnly.Parse(start, culture), End = TimeOnly.Parse(end, culture) };
    }
}
