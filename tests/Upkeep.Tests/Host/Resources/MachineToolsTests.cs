using Microsoft.Extensions.Time.Testing;
using Upkeep.Configuration;
using Upkeep.Host.Resources;
using Upkeep.Journal;
using Upkeep.Testing;

namespace Upkeep.Tests.Host.Resources;

public sealed class MachineToolsTests : IDisposable
{
    private readonly FakeMachine _machine = new();
    private readonly StepHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failed_units_are_told_by_name_and_known_ones_left_out()
    {
        _machine.Program("systemctl", "printf '%s\\n' 'app.service    loaded failed failed The app' 'backup@db.service loaded failed failed Backup'");

        await RunAsync(new ResourceSettings { DiskFree = 0, ExceptUnits = ["backup@db.service"] });

        Finding("resources-unit-failed").Subject.ShouldBe("app.service");
        _harness.Measures(ResourcesStep.Id).Single(measure => measure.Name == "failed_units").Value.ShouldBe(1);
    }

    [Fact]
    public async Task Without_systemd_failed_units_are_not_checked_and_that_is_told_once()
    {
        Directory.Delete(_machine.Systemd);

        await RunAsync();

        Finding("resources-units-not-checked").Message.ShouldBe("Not checked: failed units, because systemd isn't running here.");
        _harness.Measures(ResourcesStep.Id).ShouldNotContain(measure => measure.Name == "failed_units");
    }

    [Fact]
    public async Task A_systemd_that_does_not_answer_is_not_a_machine_without_failed_units()
    {
        _machine.Program("systemctl", "echo 'Failed to connect to bus: Host is down' >&2; exit 1");

        await RunAsync();

        Finding("resources-units-not-checked").Message.ShouldContain("Host is down");
    }

    [Fact]
    public async Task A_systemd_that_hangs_is_left_after_a_while()
    {
        _machine.Program("systemctl", "sleep 600");

        await RunAsync(new ResourceSettings { DiskFree = 0, Timeout = TimeSpan.FromSeconds(1) });

        Finding("resources-units-not-checked").Message.ShouldContain("didn't answer within 1 s");
    }

    [Theory]
    [InlineData("A,a,2,1.0,0.750000000,0,0,0,0,0,0,0,64,Normal", "resources-clock-off")]
    [InlineData("A,a,2,1.0,-0.750000000,0,0,0,0,0,0,0,64,Insert second", "resources-clock-off")]
    [InlineData("00000000,,0,0.0,0.000000000,0,0,0,0,0,1,1,0.0,Not synchronised", "resources-clock-not-synchronised")]
    public async Task A_clock_that_is_off_or_that_nothing_keeps_right_is_told(string tracking, string code)
    {
        _machine.Program("chronyc", $"echo '{tracking}'");

        await RunAsync();

        Finding(code).Severity.ShouldBe(Severity.Warning);
    }

    [Theory]
    [InlineData("yes", "resources-clock-offset-not-checked")]
    [InlineData("no", "resources-clock-not-synchronised")]
    [InlineData("", "resources-clock-not-checked")]
    public async Task Without_chrony_systemd_tells_whether_the_clock_is_kept_right_but_not_how_far_it_is_off(string said, string code)
    {
        _machine.Program("timedatectl", $"echo '{said}'");

        await RunAsync(missing: "chronyc");

        _harness.Findings(ResourcesStep.Id).Where(finding => finding.Code.Contains("clock", StringComparison.Ordinal)).ShouldHaveSingleItem().Code.ShouldBe(code);
    }

    [Fact]
    public async Task With_neither_chrony_nor_systemd_the_clock_is_not_checked()
    {
        Directory.Delete(_machine.Systemd);

        await RunAsync(missing: "chronyc");

        Finding("resources-clock-not-checked").Message.ShouldBe("Not checked: the clock, because no-such-chronyc isn't there, and systemd isn't running here.");
    }

    public void Dispose()
    {
        _harness.Dispose();
        _machine.Dispose();
    }

    private Finding Finding(string code) => _harness.Findings(ResourcesStep.Id).Where(finding => finding.Code == code).ShouldHaveSingleItem();

    private Task<StepEnded> RunAsync(ResourceSettings? settings = null, params string[] missing) =>
        _harness.RunAsync(Token, _machine.Step(settings ?? new ResourceSettings { DiskFree = 0 }, ResourcePast.None, new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 6, 30, 0, TimeSpan.Zero)), missing));
}
