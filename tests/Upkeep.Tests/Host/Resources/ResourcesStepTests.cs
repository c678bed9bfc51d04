using Microsoft.Extensions.Time.Testing;
using Upkeep.Configuration;
using Upkeep.Host.Resources;
using Upkeep.Journal;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Host.Resources;

public sealed class ResourcesStepTests : IDisposable
{
    private static readonly DateTimeOffset _now = new(2026, 11, 22, 6, 30, 0, TimeSpan.Zero);

    // The disk under the tests may be as full as it likes.
    private static readonly ResourceSettings _settings = new() { DiskFree = 0, FullWithin = TimeSpan.FromDays(1) };
    private readonly FakeMachine _machine = new();
    private readonly StepHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_healthy_machine_has_no_finding_but_that_a_first_run_knows_no_growth()
    {
        var end = await RunAsync();

        end.Status.ShouldBe(StepStatus.Succeeded);
        Codes().ShouldBe(["resources-growth-not-checked"]);
        Dated("memory_available", "machine").ShouldBe([12_000_000L * 1024]);
        Dated("swap_used", "machine").ShouldBe([100_000L * 1024]);
        Dated("load_per_core", "machine").ShouldBe([0.4]);
        Dated("pressure_share", "io").ShouldBe([0.015]);
        Dated("clock_offset", "machine").ShouldBe([0.012]);
        Dated("disk_used", _machine.Disk).ShouldHaveSingleItem().ShouldBeGreaterThan(0);
        _harness.Facts<ArtifactWritten>(ResourcesStep.Id).ShouldHaveSingleItem().Artifact.Path.ShouldBe("host/resources.json");
        end.Summary.ShouldNotBeNull().ShouldNotContain("not checked");
    }

    [Theory]
    [InlineData("meminfo", "MemTotal: 1000 kB\nMemAvailable: 80 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n", "resources-memory-low", Severity.Warning)]
    [InlineData("meminfo", "MemTotal: 1000 kB\nMemAvailable: 40 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n", "resources-memory-low", Severity.Critical)]
    [InlineData("meminfo", "MemTotal: 1000 kB\nMemAvailable: 400 kB\nSwapTotal: 100 kB\nSwapFree: 40 kB\n", "resources-swap-used", Severity.Warning)]
    [InlineData("loadavg", "0.10 0.20 4.20 1/2 3\n", "resources-load-high", Severity.Warning)]
    [InlineData("pressure/memory", "some avg10=0.00 avg60=0.00 avg300=10.50 total=9\n", "resources-pressure-high", Severity.Warning)]
    [InlineData("pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=90.00 total=9\n", "resources-pressure-high", Severity.Warning)]
    [InlineData("vmstat", "oom_kill 3\n", "resources-oom-kills", Severity.Warning)]
    [InlineData("sys/fs/file-nr", "900\t0\t1000\n", "resources-open-files", Severity.Warning)]
    [InlineData("net/netstat", "TcpExt: ListenOverflows ListenDrops\nTcpExt: 5 101\n", "resources-connections-dropped", Severity.Warning)]
    public async Task Each_want_is_a_finding_of_its_own(string file, string text, string code, Severity severity)
    {
        _machine.Proc(file, text);

        await RunAsync();

        var finding = _harness.Findings(ResourcesStep.Id).Where(one => !one.Code.EndsWith("-not-checked", StringComparison.Ordinal)).ShouldHaveSingleItem();
        (finding.Code, finding.Severity).ShouldBe((code, severity));
        finding.Hint.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("meminfo", "resources-memory-not-checked resources-swap-not-checked")]
    [InlineData("loadavg", "resources-load-not-checked")]
    [InlineData("stat", "resources-load-not-checked")]
    [InlineData("pressure/io", "resources-pressure-not-checked")]
    [InlineData("vmstat", "resources-oom-kills-not-checked")]
    [InlineData("net/netstat", "resources-connections-not-checked")]
    [InlineData("sys/fs/file-nr", "resources-open-files-not-checked")]
    [InlineData("self/cgroup", "resources-memory-limit-not-checked")]
    [InlineData("filesystems", "resources-disks-not-checked")]
    public async Task What_the_kernel_does_not_tell_is_not_checked_and_never_zero(string file, string codes)
    {
        _machine.Proc("self/mountinfo", _machine.Mounts($"41 31 0:38 / {_machine.Root} ro - cgroup2 cgroup2 rw"));
        foreach (var lost in new[] { "gone", "no sense" })
        {
            if (lost == "gone")
                _machine.Remove(file);
            else if (file is "self/cgroup" or "filesystems")
                continue;
            else
                _machine.Proc(file, "?\n");
            using var harness = new StepHarness();

            var end = await harness.RunAsync(Token, _machine.Step(_settings, ResourcePast.None, new FakeTimeProvider(_now)));

            harness.Findings(ResourcesStep.Id).Where(one => one.Code != "resources-growth-not-checked").Select(one => one.Code).ShouldBe(codes.Split(' '), ignoreOrder: true, lost);
            harness.Findings(ResourcesStep.Id).ShouldAllBe(one => one.Severity == Severity.Info);
            end.Summary.ShouldNotBeNull().ShouldContain("not checked: ");
        }
    }

    [Fact]
    public async Task A_kernel_without_pressure_figures_is_told_once()
    {
        _machine.RemovePressure();

        await RunAsync();

        Codes().Where(code => code.Contains("pressure", StringComparison.Ordinal)).ShouldBe(["resources-pressure-not-checked"]);
    }

    [Fact]
    public async Task Where_nothing_can_be_looked_at_the_step_is_skipped_and_not_passed()
    {
        foreach (var file in new[] { "meminfo", "loadavg", "self/mountinfo" })
            _machine.Remove(file);

        var end = await RunAsync();

        end.Status.ShouldBe(StepStatus.Skipped);
        end.Reason.ShouldNotBeNull().ShouldContain("neither memory nor load nor disks");
        _harness.Measures(ResourcesStep.Id).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(FakeMachine.Boot, 2, 5, 3)]
    [InlineData(FakeMachine.Boot, 5, 5, 0)]
    [InlineData("another-start", 50, 2, 2)]
    [InlineData("another-start", 50, 0, 0)]
    public async Task Kills_count_since_the_last_run_and_a_restart_is_no_negative_count(string boot, long before, long now, double since)
    {
        _machine.Proc("vmstat", $"oom_kill {now}\n");

        await RunAsync(past: new ResourcePast([], [new CounterMark("oom_kills_counted", boot, before), new CounterMark("oom_kills_counted", boot, 0)]));

        Dated("since_last_run", "kills for want of memory").ShouldBe([since]);
        var found = _harness.Findings(ResourcesStep.Id).Where(one => one.Code == "resources-oom-kills").ToList();
        found.Count.ShouldBe(since > 0 ? 1 : 0);
        found.ShouldAllBe(one => one.Message.Contains(boot == FakeMachine.Boot ? "since the last run" : "since the machine's start, which was after the last run", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_first_run_counts_kills_from_the_machines_start_and_says_so()
    {
        _machine.Proc("vmstat", "oom_kill 1\n");

        await RunAsync();

        _harness.Findings(ResourcesStep.Id).Single(one => one.Code == "resources-oom-kills").Message.ShouldBe("The kernel killed 1 process for want of memory since the machine's start (no earlier run is known).");
        Dated("since_last_run", "kills for want of memory").ShouldBeEmpty();
        _harness.Measures(ResourcesStep.Id).Single(one => one.Name == "oom_kills_counted").Subject.ShouldBe(FakeMachine.Boot);
    }

    [Fact]
    public async Task A_full_table_of_connections_is_told_where_there_is_one()
    {
        _machine.Proc("sys/net/netfilter/nf_conntrack_count", "950\n");
        _machine.Proc("sys/net/netfilter/nf_conntrack_max", "1000\n");

        await RunAsync();

        Codes().ShouldContain("resources-tracked-connections");
    }

    [Fact]
    public async Task This_very_machine_can_be_looked_at_without_root()
    {
        var look = new ResourceLook("/proc", new MachineTools(PostgresServer.Programs, TimeProvider.System), TimeProvider.System);

        var survey = await look.AtAsync(new ResourceSettings(), Token);

        survey.Memory[0].Available.ShouldBeInRange(1, survey.Memory[0].Total);
        survey.Load!.Cores.ShouldBeGreaterThan(0);
        survey.OpenFiles!.Open.ShouldBeGreaterThan(0);
        survey.Counters.ShouldNotBeEmpty();
        survey.Disks.ShouldAllBe(disk => disk.Bytes.Total > 0 && disk.Bytes.Free <= disk.Bytes.Total);
        // Each thing was looked at, or is said not to have been.
        (survey.FailedUnits is not null || survey.NotSeen.Any(one => one.Code == "resources-units")).ShouldBeTrue();
        (survey.Clock is not null || survey.NotSeen.Any(one => one.Code == "resources-clock")).ShouldBeTrue();
        (survey.Pressure.Count == 3 || survey.NotSeen.Any(one => one.Code == "resources-pressure")).ShouldBeTrue();
    }

    public void Dispose()
    {
        _harness.Dispose();
        _machine.Dispose();
    }

    private Task<StepEnded> RunAsync(ResourceSettings? settings = null, ResourcePast? past = null) =>
        _harness.RunAsync(Token, _machine.Step(settings ?? _settings, past ?? ResourcePast.None, new FakeTimeProvider(_now)));

    private IEnumerable<string> Codes() => _harness.Findings(ResourcesStep.Id).Select(finding => finding.Code);

    private IEnumerable<double> Dated(string name, string what) =>
        _harness.Measures(ResourcesStep.Id).Where(measure => measure.Name == name && DatedSubject.Instant(measure.Subject)?.What == what).Select(measure => Math.Round(measure.Value, 6));
}
