using Microsoft.Extensions.Time.Testing;
using Upkeep.Configuration;
using Upkeep.Host.Resources;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Redaction;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Host.Resources;

public sealed class ResourceHistoryTests : IDisposable
{
    private static readonly DateTimeOffset _now = new(2026, 11, 22, 6, 30, 0, TimeSpan.Zero);
    private readonly FakeMachine _machine = new();
    private readonly StepHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_run_counts_on_from_what_the_journal_tells_of_the_last()
    {
        await RunAsync(_harness, kills: 4, ResourcePast.None, _now);

        var past = await PastAsync();
        past.Marks.ShouldContain(new CounterMark("oom_kills_counted", FakeMachine.Boot, 4));
        using var next = new StepHarness();
        await RunAsync(next, kills: 6, past, _now.AddDays(7));

        next.Findings(ResourcesStep.Id).Single(one => one.Code == "resources-oom-kills").Message.ShouldBe("The kernel killed 2 processes for want of memory since the last run.");
        next.Measures(ResourcesStep.Id).Count(measure => measure.Name == "load_per_core").ShouldBe(2);
    }

    [Fact]
    public async Task A_run_that_was_broken_off_is_not_counted_on_from_because_nobody_was_told()
    {
        await RunAsync(_harness, kills: 4, ResourcePast.None, _now);
        const string broken = "weekly-20261129";
        _harness.Journal.Append(broken, null, new RunStarted
        {
            Platform = "Test", Window = null, Folder = _harness.Folder, Steps = [], UpkeepVersion = "test", Host = "test", ProcessId = 1, ConfigurationSha256 = "",
        });
        _harness.Journal.Append(broken, ResourcesStep.Id, new StepStarted("The machine's resources", "inspect"));
        _harness.Journal.Append(broken, ResourcesStep.Id, new MeasureTaken(new Measure("oom_kills_counted", "count", 9, FakeMachine.Boot, Look.Before)));

        (await PastAsync()).Marks.First(mark => mark.Name == "oom_kills_counted").Value.ShouldBe(4);
    }

    [Fact]
    public async Task A_platform_without_a_journal_has_no_past_and_gets_no_journal_by_the_question()
    {
        var empty = Directory.CreateDirectory(Path.Combine(_machine.Root, "new")).FullName;

        (await PastAsync(empty)).ShouldBe(ResourcePast.None);
        Directory.GetFiles(empty).ShouldBeEmpty();
    }

    public void Dispose()
    {
        _harness.Dispose();
        _machine.Dispose();
    }

    private async Task RunAsync(StepHarness harness, int kills, ResourcePast past, DateTimeOffset now)
    {
        _machine.Proc("vmstat", $"oom_kill {kills}\n");
        await harness.RunAsync(Token, _machine.Step(new ResourceSettings { DiskFree = 0 }, past, new FakeTimeProvider(now)));
    }

    private async Task<ResourcePast> PastAsync(string? root = null)
    {
        var configuration = new UpkeepConfiguration
        {
            Platform = "Test", Database = new DatabaseSettings { ConnectionString = "Host=127.0.0.1;Port=1;Database=none" }, Root = root ?? _harness.Root,
        };
        await using var doors = Doors.Open(configuration, Redactor.None, TimeProvider.System);
        return HostHistory.Of(configuration, doors).Resources();
    }
}
