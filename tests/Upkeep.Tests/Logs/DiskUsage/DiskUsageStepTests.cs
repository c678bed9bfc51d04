using Microsoft.Extensions.Time.Testing;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Logs.DiskUsage;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Logs.DiskUsage;

public sealed class DiskUsageStepTests : IDisposable
{
    private const string Id = "logs.disk-usage";
    private static readonly DateTimeOffset _now = new(2026, 11, 22, 6, 30, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("upkeep-usage-").FullName;
    private readonly StepHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Log => Path.Combine(_folder, "app.log");

    [Fact]
    public async Task Blocks_count_and_holes_do_not_and_a_first_look_knows_no_growth()
    {
        using (var file = File.OpenHandle(Log, FileMode.CreateNew, FileAccess.Write))
            RandomAccess.Write(file, "end\n"u8, 64 << 20);
        File.WriteAllBytes(Path.Combine(_folder, "app.log-20261101.zst"), new byte[10_000]);

        var end = await _harness.RunAsync(Token, Step([]));

        end.Status.ShouldBe(StepStatus.Succeeded);
        Value("log_size", Log).ShouldBeLessThan(1 << 20);
        Value("archives_size", Log).ShouldBe(12_288);
        _harness.Measures(Id).ShouldContain(measure => measure.Name == "free_inodes" && measure.Value > 0);
        _harness.Findings(Id).ShouldHaveSingleItem().Code.ShouldBe("log-growth-not-checked");
        _harness.Facts<ArtifactWritten>(Id).ShouldHaveSingleItem().Artifact.Path.ShouldBe("logs/disk-usage.csv");
    }

    [Fact]
    public async Task One_odd_week_does_not_move_the_growth_and_a_disk_that_will_be_full_is_told()
    {
        File.WriteAllBytes(Log, new byte[4096]);
        var free = DiskSpace.Of(_folder)!.FreeBytes;
        // In ten days the disk would be full; one week somebody had left a huge file.
        var perDay = free / 10.0;
        var now = FileFacts.Of(Log)!.Allocated;
        var past = Enumerable.Range(1, 6).Select(week => new LogSizePoint(_now.AddDays(-7 * week), _folder, now + perDay * (week == 3 ? 500 : 42 - 7 * week) - perDay * 42)).ToList();

        var end = await _harness.RunAsync(Token, Step(past));

        end.Status.ShouldBe(StepStatus.Attention);
        var finding = _harness.Findings(Id).ShouldHaveSingleItem();
        finding.Code.ShouldBe("log-disk-full-soon");
        finding.Severity.ShouldBe(Severity.Warning);
        (Value("log_growth_per_day", _folder) / perDay).ShouldBeInRange(0.9, 1.1);
        _harness.Measures(Id).Count(measure => measure.Name == "log_folder_size").ShouldBe(9);
    }

    [Fact]
    public async Task Where_no_log_is_there_nothing_was_looked_at()
    {
        (await _harness.RunAsync(Token, Step([]))).Reason.ShouldBe("none of the configured logs is there");
    }

    [Fact]
    public async Task A_folder_of_which_a_part_could_not_be_looked_at_has_no_size_that_later_runs_would_compare_with()
    {
        File.WriteAllBytes(Log, new byte[4096]);
        var unnameable = Path.Combine(_folder, new string('x', 300) + ".log");

        var end = await _harness.RunAsync(Token, new DiskUsageStep(new LogSettings { Files = [new LogFileSettings { Path = Log }, new LogFileSettings { Path = unnameable }] }, () => [], Redactor.None, new FakeTimeProvider(_now)));

        end.Reason.ShouldBe("what the logs take could not be looked at");
        _harness.Findings(Id).ShouldHaveSingleItem().Code.ShouldBe("log-size-not-checked");
        _harness.Measures(Id).ShouldNotContain(measure => measure.Name == "log_folder_size");
    }

    [Fact]
    public async Task Three_looks_in_two_days_are_no_trend()
    {
        File.WriteAllBytes(Log, new byte[4096]);

        await _harness.RunAsync(Token, Step([new LogSizePoint(_now.AddDays(-1), _folder, 0), new LogSizePoint(_now.AddHours(-1), _folder, 1)]));

        _harness.Findings(Id).ShouldHaveSingleItem().Code.ShouldBe("log-growth-not-checked");
    }

    public void Dispose()
    {
        _harness.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private double Value(string name, string subject) => _harness.Measures(Id).Single(measure => measure.Name == name && measure.Subject == subject).Value;

    private DiskUsageStep Step(IReadOnlyList<LogSizePoint> past) =>
        new(new LogSettings { Files = [new LogFileSettings { Path = Log }] }, () => past, Redactor.None, new FakeTimeProvider(_now));
}
