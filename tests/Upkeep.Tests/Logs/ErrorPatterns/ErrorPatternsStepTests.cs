using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Logs.ErrorPatterns;
using Upkeep.Maintenance;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Logs.ErrorPatterns;

/// <summary>Weeks of real files, one run of the step after another into one real journal.</summary>
public sealed class ErrorPatternsStepTests : IDisposable
{
    private const string Id = "logs.error-patterns";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 10, 4, 7, 0, 0, TimeSpan.Zero));
    private readonly StepHarness _harness;
    private string _run = "";

    public ErrorPatternsStepTests() => _harness = new StepHarness(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Log => Path.Combine(_harness.Root, "app.log");

    [Fact]
    public async Task What_is_new_surging_and_gone_is_told_from_the_weeks_in_the_journal()
    {
        for (var week = 0; week < 5; week++)
        {
            Write(Log, Lines("ERROR", "cannot reach 10.0.0.{0}", 18 + week).Concat(Lines("ERROR", "message {0} bounced", 8)).Concat(Lines("ERROR", "shard {0} is slow", 40)));
            (await RunAsync()).Changes.ShouldBeEmpty();
        }
        Write(Log, Lines("ERROR", "cannot reach 10.0.0.{0}", 200).Concat(Lines("CRITICAL", "disk {0} is full", 1)).Concat(Lines("ERROR", "shard {0} is slow", 44)));

        var survey = await RunAsync();

        survey.ComparedWeeks.ShouldBe(5);
        survey.Changes.Select(change => (change.Kind, change.Text, change.Count, change.Usual)).ShouldBe(
        [
            (ChangeKind.New, "disk <*> is full", 1, 0), (ChangeKind.Surging, "cannot reach <*>", 200, 20), (ChangeKind.Vanished, "message <*> bounced", 0, 8),
        ]);
        Findings().Select(finding => (finding.Severity, finding.Code)).ShouldBe([(Severity.Warning, "error-pattern-new"), (Severity.Warning, "error-pattern-surging"), (Severity.Info, "error-pattern-vanished")]);
        (await File.ReadAllTextAsync(Path.Combine(_harness.Root, _run, "logs", "error-patterns.csv"), Token)).ShouldContain("surging");
    }

    [Fact]
    public async Task The_first_week_has_nothing_to_be_compared_with_and_says_so()
    {
        Write(Log, Lines("ERROR", "cannot reach 10.0.0.{0}", 18));

        var survey = await RunAsync();

        (survey.Messages, survey.TemplateCount, survey.IsClean).ShouldBe((18, 1, true));
        Findings().ShouldHaveSingleItem().Code.ShouldBe("error-changes-not-checked");
        Measures().Where(measure => measure.Name == "errors_of_day").Sum(measure => measure.Value).ShouldBe(18);
    }

    [Fact]
    public async Task A_second_run_of_a_day_is_compared_with_the_week_before_not_with_the_first()
    {
        Write(Log, Lines("ERROR", "cannot reach 10.0.0.{0}", 18));
        await RunAsync(weekLater: false);

        (await RunAsync()).ComparedWeeks.ShouldBe(0);
        (await RunAsync()).ComparedWeeks.ShouldBe(1);
    }

    [Fact]
    public async Task Archives_of_the_week_are_read_whatever_packed_them_and_older_ones_and_lines_are_not()
    {
        Write(Log, Lines("ERROR", "live {0} broke", 5).Append("2026-01-01 00:00:00 ERROR live 9 broke"));
        Write(Path.Combine(_harness.Root, "app.log.1"), Lines("ERROR", "renamed {0} broke", 4));
        Pack(Path.Combine(_harness.Root, "app.log-20261003.gz"), Lines("ERROR", "gzipped {0} broke", 3), stream => new GZipStream(stream, CompressionLevel.Fastest));
        Pack(Path.Combine(_harness.Root, "app.log-20261002-2.zst"), Lines("ERROR", "zstd {0} broke", 2), stream => new ZstdSharp.CompressionStream(stream, 3, leaveOpen: false));
        Write(Path.Combine(_harness.Root, "app.log-20260901"), Lines("ERROR", "old {0} broke", 7));
        File.SetLastWriteTimeUtc(Path.Combine(_harness.Root, "app.log-20260901"), new DateTime(2026, 9, 1, 0, 0, 0, DateTimeKind.Utc));
        Write(Path.Combine(_harness.Root, "app.log.conf"), Lines("ERROR", "no log {0}", 1));

        var survey = await RunAsync();

        survey.Patterns.ToDictionary(pattern => pattern.Text, pattern => pattern.Count).ShouldBe(
            new Dictionary<string, long> { ["live <*> broke"] = 5, ["renamed <*> broke"] = 4, ["gzipped <*> broke"] = 3, ["zstd <*> broke"] = 2 }, ignoreOrder: true);
    }

    [Fact]
    public async Task Whatever_prune_takes_for_an_archive_is_read_in_the_configured_folder_and_beside_the_log()
    {
        var archives = Directory.CreateDirectory(Path.Combine(_harness.Root, "archives")).FullName;
        Write(Log, Lines("ERROR", "live {0} broke", 5));
        Write(Path.Combine(_harness.Root, "app.log_20261003.gz"), Lines("ERROR", "beside {0} broke", 4));
        Write(Path.Combine(archives, "app.log.2026-10-03.gz"), Lines("ERROR", "apart {0} broke", 3));
        Write(Path.Combine(archives, "app.log-20269999"), Lines("ERROR", "no day {0}", 2));

        var survey = await RunAsync(archives: archives);

        survey.Patterns.ToDictionary(pattern => pattern.Text, pattern => pattern.Count).ShouldBe(
            new Dictionary<string, long> { ["live <*> broke"] = 5, ["beside <*> broke"] = 4, ["apart <*> broke"] = 3 }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_pipe_among_the_logs_is_told_and_not_waited_for()
    {
        Write(Log, Lines("ERROR", "live {0} broke", 5));
        var pipe = Path.Combine(_harness.Root, "pipe.log");
        await System.Diagnostics.Process.Start("mkfifo", [pipe]).WaitForExitAsync(Token);

        (await RunAsync(files: [Log, pipe]).WaitAsync(TimeSpan.FromSeconds(60), Token)).Messages.ShouldBe(5);

        Findings().ShouldContain(finding => finding.Code == "log-not-checked" && finding.Message.Contains("no regular file", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_week_that_could_not_be_read_as_a_whole_is_told_and_never_compared_with()
    {
        Write(Log, Lines("ERROR", "live {0} broke", 5));
        Pack(Path.Combine(_harness.Root, "app.log-20261003.gz"), Lines("ERROR", "gzipped {0} broke", 4000), stream => new GZipStream(stream, CompressionLevel.Fastest));
        var archive = Path.Combine(_harness.Root, "app.log-20261003.gz");
        await File.WriteAllBytesAsync(archive, (await File.ReadAllBytesAsync(archive, Token))[..^200], Token);

        (await RunAsync()).IsClean.ShouldBeFalse();

        Findings().ShouldContain(finding => finding.Code == "log-partly-read" && finding.Severity == Severity.Warning);
        File.Delete(archive);
        (await RunAsync()).ComparedWeeks.ShouldBe(0);
    }

    [Fact]
    public async Task Examples_and_templates_hold_no_secrets_and_no_personal_data()
    {
        Write(Log, Lines("ERROR", "login of anna{0}@example.com from 192.0.2.{0} with password=hunter{0} failed", 3));

        await RunAsync();

        var json = await File.ReadAllTextAsync(Path.Combine(_harness.Root, _run, "logs", "error-patterns.json"), Token);
        json.ShouldNotContain("hunter");
        json.ShouldNotContain("anna");
        json.ShouldNotContain("192.0.2");
    }

    [Fact]
    public async Task What_the_configuration_masks_is_a_value()
    {
        Write(Log, ["ERROR order AB-x failed", "ERROR order QT-y failed"]);

        var survey = await RunAsync(masks: "[A-Z]{2}-[a-z]");

        survey.Patterns.ShouldHaveSingleItem().Text.ShouldBe("order <*> failed");
    }

    [Fact]
    public async Task A_log_that_is_read_for_the_first_time_says_nothing_new()
    {
        Write(Log, Lines("ERROR", "live {0} broke", 5));
        await RunAsync();
        Write(Log, Lines("ERROR", "live {0} broke", 5));
        Write(Path.Combine(_harness.Root, "other.log"), Lines("ERROR", "other {0} broke", 5));

        (await RunAsync(files: [Log, Path.Combine(_harness.Root, "other.log")])).Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_configured_log_nothing_is_looked_at()
    {
        await RunAsync(files: []);

        _harness.Journal.Read(_run).Select(entry => entry.Fact).OfType<StepEnded>().Single().ShouldSatisfyAllConditions(end => end.Status.ShouldBe(StepStatus.Skipped), end => end.Reason!.ShouldContain("logs.files"));
    }

    public void Dispose() => _harness.Dispose();

    // One an hour, back from now.
    private IEnumerable<string> Lines(string level, string format, int count) => Enumerable.Range(1, count).Select(number =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_time.GetUtcNow().AddMinutes(-number * 30).UtcDateTime:yyyy-MM-dd HH:mm:ss} {level} ") + string.Format(System.Globalization.CultureInfo.InvariantCulture, format, number));

    private void Write(string path, IEnumerable<string> lines)
    {
        File.WriteAllLines(path, lines);
        File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
    }

    private void Pack(string path, IEnumerable<string> lines, Func<Stream, Stream> pack)
    {
        using (var packed = pack(File.Create(path)))
            packed.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
    }

    private async Task<ErrorPatternsSurvey> RunAsync(bool weekLater = true, string? masks = null, string[]? files = null, string? archives = null)
    {
        for (var number = 1; _run.Length == 0 || _harness.Journal.Runs().Contains(_run); number++)
            _run = $"weekly-{_time.GetUtcNow():yyyyMMdd}-{number}";
        var folder = Path.Combine(_harness.Root, _run);
        Directory.CreateDirectory(folder);
        _harness.Journal.Append(_run, null, new RunStarted
        {
            Platform = "Test", Window = null, Folder = folder, Steps = [], UpkeepVersion = "test", Host = "test", ProcessId = Environment.ProcessId, ConfigurationSha256 = "",
        });
        var configuration = new UpkeepConfiguration
        {
            Platform = "Test",
            Database = new DatabaseSettings { ConnectionString = "" },
            Window = new WindowSettings { TimeZone = "UTC" },
            Logs = new LogSettings { Archives = archives, Files = [.. (files ?? [Log]).Select(path => new LogFileSettings { Path = path })], Masks = masks is null ? [] : [masks] },
        };
        var step = new ErrorPatternsStep(configuration, () => LogHistory.Surveys(_harness.Journal), Redactor.None, _time);
        var plan = new Plan([new PlannedStep(step.Definition, PlanDecision.Run, null, null, TimeSpan.FromMinutes(10))]);
        await new Runner(_harness.Journal, _time, _ => { }).RunAsync(_run, plan, new Dictionary<string, Step> { [Id] = step },
            new RunFrame(folder, Deadlines.None, false, TimeSpan.FromSeconds(30)), _harness.Stop, Token);
        if (weekLater)
            _time.Advance(TimeSpan.FromDays(7));
        return _harness.Journal.Read(_run).Select(entry => entry.Fact).OfType<StepSurveyed>().Select(surveyed => JournalJson.FromElement<ErrorPatternsSurvey>(surveyed.Survey)).LastOrDefault()!;
    }

    private List<Finding> Findings() => [.. _harness.Journal.Read(_run).Select(entry => entry.Fact).OfType<FindingRaised>().Select(raised => raised.Finding)];

    private List<Measure> Measures() => [.. _harness.Journal.Read(_run).Select(entry => entry.Fact).OfType<MeasureTaken>().Select(taken => taken.Measure)];
}
