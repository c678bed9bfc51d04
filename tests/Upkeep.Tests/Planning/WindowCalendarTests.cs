using Upkeep.Configuration;
using Upkeep.Planning;

namespace Upkeep.Tests.Planning;

public sealed class WindowCalendarTests
{
    [Fact]
    public void A_window_on_a_plain_sunday_reads_as_configured()
    {
        var window = One("America/Toronto", "2026-11-17T00:00Z");

        window.Date.ShouldBe(new DateOnly(2026, 11, 22));
        window.PreparationOpens.ShouldBe(At("2026-11-22T06:30Z"));
        window.Start.ShouldBe(At("2026-11-22T07:00Z"));
        window.End.ShouldBe(At("2026-11-22T11:00Z"));
        window.Start.ToString("yyyy-MM-dd HH:mm zzz", null).ShouldBe("2026-11-22 02:00 -05:00");
        window.Note.ShouldBeNull();
    }

    [Fact]
    public void A_start_that_does_not_exist_moves_to_the_first_instant_that_does()
    {
        var window = One("America/New_York", "2026-03-08T00:00Z");

        window.PreparationOpens.ShouldBe(At("2026-03-08T06:30Z"));
        window.Start.ShouldBe(At("2026-03-08T07:00Z"));
        window.Start.TimeOfDay.ShouldBe(TimeSpan.FromHours(3));
        window.End.ShouldBe(At("2026-03-08T10:00Z"));
        window.Length.ShouldBe(TimeSpan.FromHours(3));
        window.Note.ShouldBe("the clock goes from 02:00 to 03:00 on 2026-03-08 and skips 02:00: it starts at 03:00; the window lasts 3 h instead of 4 h");
    }

    [Fact]
    public void A_start_that_comes_twice_counts_the_first_time_and_the_end_is_the_wall_clock_end()
    {
        var window = One("Europe/Berlin", "2026-10-25T00:00Z");

        window.Start.ShouldBe(At("2026-10-25T00:00Z"));
        window.End.ShouldBe(At("2026-10-25T05:00Z"));
        window.Length.ShouldBe(TimeSpan.FromHours(5));
        window.Note.ShouldBe("the clock goes from 03:00 to 02:00 on 2026-10-25; the window lasts 5 h instead of 4 h");
    }

    [Fact]
    public void An_end_that_comes_twice_counts_the_first_time()
    {
        var window = One("Europe/Berlin", "2026-10-24T12:00Z", "00:30", "01:00", "02:30");

        window.Start.ShouldBe(At("2026-10-24T23:00Z"));
        window.End.ShouldBe(At("2026-10-25T00:30Z"));
    }

    [Fact]
    public void An_end_that_does_not_exist_is_the_instant_the_clock_skips_it()
    {
        var window = One("America/New_York", "2026-03-07T12:00Z", "00:30", "01:00", "02:30");

        window.End.ShouldBe(At("2026-03-08T07:00Z"));
        window.Length.ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_window_that_the_clock_skips_whole_is_moved_and_keeps_its_length()
    {
        var window = One("America/New_York", "2026-03-07T12:00Z", "01:45", "02:00", "03:00");

        window.Start.ShouldBe(At("2026-03-08T07:00Z"));
        window.End.ShouldBe(At("2026-03-08T08:00Z"));
        window.Note.ShouldBe("the clock goes from 02:00 to 03:00 on 2026-03-08 and skips the whole window: it is moved to start then and lasts its usual 1 h");
    }

    [Fact]
    public void A_window_inside_a_repeated_hour_comes_once()
    {
        var calendar = Calendar("America/New_York", "01:00", "01:00", "01:30");

        var windows = calendar.Next(At("2026-10-31T12:00Z"), 2);

        windows[0].Start.ShouldBe(At("2026-11-01T05:00Z"));
        windows[0].End.ShouldBe(At("2026-11-01T05:30Z"));
        windows[1].Date.ShouldBe(new DateOnly(2026, 11, 8));
        calendar.Containing(At("2026-11-01T06:15Z")).ShouldBeNull("the clock reads 01:15 again, and that is no second window");
    }

    [Fact]
    public void A_window_may_cross_midnight_and_its_preparation_may_open_the_day_before()
    {
        var crossing = One("Europe/Berlin", "2026-06-01T00:00Z", "21:30", "22:00", "02:00");
        crossing.Date.ShouldBe(new DateOnly(2026, 6, 7));
        crossing.End.ShouldBe(At("2026-06-08T00:00Z"));

        var early = One("Europe/Berlin", "2026-06-01T00:00Z", "23:30", "00:30", "04:00");
        early.PreparationOpens.ShouldBe(At("2026-06-06T21:30Z"));
        early.Start.ShouldBe(At("2026-06-06T22:30Z"));
    }

    [Fact]
    public void A_change_at_midnight_moves_a_midnight_start()
    {
        // Beirut goes from 00:00 to 01:00 on the last Sunday of March.
        var window = One("Asia/Beirut", "2026-03-27T00:00Z", "23:30", "00:00", "04:00");

        window.Start.ShouldBe(At("2026-03-28T22:00Z"));
        window.Start.TimeOfDay.ShouldBe(TimeSpan.FromHours(1));
        window.Length.ShouldBe(TimeSpan.FromHours(3));
    }

    [Fact]
    public void A_day_that_a_zone_leaves_out_moves_its_window_to_the_next()
    {
        // Samoa had no 30 December 2011, a Friday: 29 December 24:00 was 31 December 00:00.
        var calendar = Calendar("Pacific/Apia", "01:30", "02:00", "06:00", DayOfWeek.Friday);

        var windows = calendar.Next(At("2011-12-25T00:00Z"), 2);

        windows[0].Date.ShouldBe(new DateOnly(2011, 12, 31));
        windows[0].Start.ShouldBe(At("2011-12-30T10:00Z"));
        windows[0].Length.ShouldBe(TimeSpan.FromHours(4));
        windows[1].Date.ShouldBe(new DateOnly(2012, 1, 6));
    }

    [Fact]
    public void A_window_open_now_comes_first_and_holds_from_its_preparation_to_just_before_its_end()
    {
        var calendar = Calendar("UTC", "01:30", "02:00", "06:00");

        calendar.Containing(At("2026-11-22T01:29:59Z")).ShouldBeNull();
        calendar.Containing(At("2026-11-22T01:30Z"))!.Date.ShouldBe(new DateOnly(2026, 11, 22));
        calendar.Containing(At("2026-11-22T05:59:59Z")).ShouldNotBeNull();
        calendar.Containing(At("2026-11-22T06:00Z")).ShouldBeNull();
        calendar.Next(At("2026-11-22T03:00Z"), 1)[0].Date.ShouldBe(new DateOnly(2026, 11, 22));
        calendar.Next(At("2026-11-22T06:00Z"), 1)[0].Date.ShouldBe(new DateOnly(2026, 11, 29));
    }

    [Fact]
    public void Equal_start_and_end_mean_a_whole_day()
    {
        One("UTC", "2026-11-20T00:00Z", "02:00", "02:00", "02:00").Length.ShouldBe(TimeSpan.FromDays(1));
    }

    internal static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);

    internal static WindowCalendar Calendar(string zone, string preparation = "01:30", string start = "02:00", string end = "06:00", DayOfWeek day = DayOfWeek.Sunday) =>
        WindowCalendar.Create(new WindowSettings
        {
            Day = day, TimeZone = zone,
            Preparation = TimeOnly.Parse(preparation, System.Globalization.CultureInfo.InvariantCulture),
            Start = TimeOnly.Parse(start, System.Globalization.CultureInfo.InvariantCulture),
            End = TimeOnly.Parse(end, System.Globalization.CultureInfo.InvariantCulture),
        });

    private static MaintenanceWindow One(string zone, string from, string preparation = "01:30", string start = "02:00", string end = "06:00") =>
        Calendar(zone, preparation, start, end).Next(At(from), 1)[0];
}
