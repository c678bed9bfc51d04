using Microsoft.Extensions.Time.Testing;

namespace Upkeep.Tests.Cli;

public sealed class ScheduleVerbTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 2, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly ProgramFixture _upkeep;

    public ScheduleVerbTests()
    {
        _upkeep = new ProgramFixture(_time);
        _upkeep.Configure("platform: Test\ndatabase:\n  url: postgres://app@127.0.0.1:1/app\nwindow:\n  timeZone: America/New_York\n");
    }

    [Fact]
    public async Task Ten_windows_come_with_local_and_utc_times()
    {
        (await _upkeep.RunAsync("schedule", "next")).ShouldBe(0);

        // A narrow terminal breaks cells, but never within a word.
        var words = _upkeep.Answer.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        words.Where(word => word.StartsWith("2026-0", StringComparison.Ordinal)).Select(word => word.TrimEnd(':')).Distinct().Count().ShouldBe(10);
        words.ShouldContain("-05:00");
        words.ShouldContain("06:30Z");
        words.ShouldContain("07:00Z");
        _upkeep.Log.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_clock_does_to_a_window_is_told_weeks_ahead()
    {
        (await _upkeep.RunAsync("schedule", "next")).ShouldBe(0);

        _upkeep.Answer.ShouldContain("* 2026-03-08: the clock goes from 02:00 to 03:00 on 2026-03-08 and skips 02:00: it starts at 03:00; the window lasts 3 h instead of 4 h.");
    }

    [Fact]
    public async Task As_json_it_is_one_document_with_instants()
    {
        (await _upkeep.RunAsync("schedule", "next", "--count", "2", "--format", "json")).ShouldBe(0);

        var windows = _upkeep.Json().GetProperty("windows");
        windows.GetArrayLength().ShouldBe(2);
        windows[1].GetProperty("start").GetProperty("utc").GetString().ShouldBe("2026-03-08T07:00:00Z");
        windows[1].GetProperty("start").GetProperty("local").GetString().ShouldBe("2026-03-08T03:00:00-04:00");
        windows[1].GetProperty("lengthSeconds").GetInt64().ShouldBe(3 * 3600);
        windows[0].GetProperty("open").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task An_open_window_comes_first()
    {
        _time.SetUtcNow(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

        (await _upkeep.RunAsync("schedule")).ShouldBe(0);

        _upkeep.Answer.ShouldStartWith("Test: a window is open, it ends in 3 h.");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("many")]
    [InlineData("1001")]
    public async Task A_count_that_is_none_is_a_usage_error(string count)
    {
        (await _upkeep.RunAsync("schedule", "next", "--count", count)).ShouldBe(2);

        _upkeep.Answer.ShouldBeEmpty();
        _upkeep.Log.ShouldContain(count);
    }

    [Fact]
    public async Task Looking_leaves_no_trace()
    {
        await _upkeep.RunAsync("schedule", "next");

        Directory.GetFileSystemEntries(_upkeep.Folder).Length.ShouldBe(1);
    }

    public void Dispose() => _upkeep.Dispose();
}
