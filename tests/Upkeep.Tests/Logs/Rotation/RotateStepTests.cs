using System.Diagnostics;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Logs.Logrotate;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Logs.Rotation;

public sealed class RotateStepTests : IDisposable
{
    private const string Id = "logs.rotate";
    private readonly LogFolder _logs = new();
    private readonly StepHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Conf => Path.Combine(_logs.Folder, "logrotate.conf");

    private string State => Path.Combine(_logs.Folder, "status");

    private LogrotateNeighbour Neighbour => new(Conf, [State], TimeProvider.System);

    [Fact]
    public async Task Without_logs_it_is_skipped()
    {
        (await RunAsync(new LogSettings())).Reason.ShouldBe("no logs are configured");
    }

    [Fact]
    public async Task A_plan_says_which_logs_would_be_rotated_and_how_and_a_run_proves_what_it_did()
    {
        var (big, small) = (_logs.Log, Path.Combine(Path.GetDirectoryName(_logs.Log)!, "small.log"));
        File.WriteAllLines(big, Enumerable.Range(0, 5000).Select(line => $"line {line}"));
        File.WriteAllText(small, "only one\n");
        var settings = new LogSettings { Archives = _logs.Folder, Files = [new LogFileSettings { Path = Path.Combine(Path.GetDirectoryName(big)!, "*.log"), MinSize = 1000 }, new LogFileSettings { Path = "/nowhere/*.log" }] };

        using var planning = new StepHarness();
        var plan = await planning.RunAsync(dryRun: true, Token, Step(settings));
        plan.Summary.ShouldBe($"would: would rotate {big} ({Amount.Bytes(new FileInfo(big).Length)}, by collapse)");
        _logs.Archives().ShouldBeEmpty();

        var end = await RunAsync(settings);

        end.Status.ShouldBe(StepStatus.Succeeded);
        end.Undo.ShouldBe(UndoState.NotNeeded);
        _harness.Findings(Id).Select(finding => finding.Code).Distinct().ShouldBe(["log-pattern-empty"]);
        var lines = _harness.Measures(Id).Where(measure => measure.Name == "written_lines").ToList();
        lines.Count.ShouldBe(2);
        lines[0].Value.ShouldBe(5000);
        lines[1].Value.ShouldBe(5000);
        _harness.Facts<ArtifactWritten>(Id).ShouldHaveSingleItem().Artifact.Path.ShouldBe("logs/rotation.csv");
        File.ReadAllText(small).ShouldBe("only one\n");
    }

    [Fact]
    public async Task What_could_not_be_rotated_and_what_is_lossy_needs_attention()
    {
        File.WriteAllText(_logs.Log, "line\n");
        var end = await RunAsync(new LogSettings
        {
            Archives = _logs.Folder,
            Files = [new LogFileSettings { Path = _logs.Log, Way = LogWay.Truncate }, new LogFileSettings { Path = _logs.Log + ".missing" }],
        });

        end.Status.ShouldBe(StepStatus.Attention);
        _harness.Findings(Id).Select(finding => finding.Code).ShouldBe(["log-rotation-lossy", "log-not-rotated", "log-rotation-notice"]);
        new FileInfo(_logs.Log).Length.ShouldBe(0);
        _logs.Written().ShouldBe(["line"]);
    }

    [Fact]
    public async Task An_archive_that_was_spoilt_after_it_was_made_fails_the_proof()
    {
        File.WriteAllLines(_logs.Log, Enumerable.Range(0, 5000).Select(line => $"line {line}"));
        var step = Step(new LogSettings { Archives = _logs.Folder, Files = [new LogFileSettings { Path = _logs.Log }] });
        await _harness.RunAsync(Token, step);
        var effect = JournalJson.FromElement<RotateEffect>(_harness.Facts<StepActed>(Id)[^1].Effect);
        using (var file = File.OpenHandle(effect.Archives[0].Archive, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.Write(file, [0, 0, 0, 0], RandomAccess.GetLength(file) / 2);

        RotationProof.Of(effect.Archives[0], isNewest: true).Problem.ShouldNotBeNull();
    }

    [Fact]
    public async Task Where_no_log_can_be_rotated_the_step_fails_and_where_some_can_it_says_how_many_could_not()
    {
        var missing = new LogFileSettings { Path = _logs.Log + ".missing" };
        (await RunAsync(new LogSettings { Archives = _logs.Folder, Files = [missing] })).Status.ShouldBe(StepStatus.Failed);

        File.WriteAllLines(_logs.Log, Enumerable.Range(0, 5000).Select(line => $"line {line}"));
        using var again = new StepHarness();
        var end = await again.RunAsync(Token, Step(new LogSettings { Archives = _logs.Folder, Files = [missing, new LogFileSettings { Path = _logs.Log, Way = LogWay.Truncate }] }));

        end.Status.ShouldBe(StepStatus.Attention);
        end.Summary!.ShouldContain("1 log could not be");
        end.Summary.ShouldContain("those that were copied, byte by byte; 1 log cut to nothing");
        again.Facts<StepActed>(Id)[^1].UndoHint!.ShouldContain("is lost");
    }

    [Fact]
    public async Task What_a_log_held_behind_the_archived_part_is_not_claimed_where_it_could_not_be_compared()
    {
        File.WriteAllLines(_logs.Log, Enumerable.Range(0, 5000).Select(line => $"line {line}"));
        await RunAsync(new LogSettings { Archives = _logs.Folder, Files = [new LogFileSettings { Path = _logs.Log }] });
        var rotated = JournalJson.FromElement<RotateEffect>(_harness.Facts<StepActed>(Id)[^1].Effect).Archives[0];
        File.Delete(_logs.Log);

        RotationProof.Of(rotated, isNewest: true).ShouldSatisfyAllConditions(it => it.Problem.ShouldBeNull(), it => it.Uncompared!.ShouldContain("gone or another file"));
    }

    [Fact]
    public async Task A_log_that_logrotate_rotates_too_is_a_warning_that_names_the_file()
    {
        File.WriteAllText(_logs.Log, "line\n");
        var included = Directory.CreateDirectory(Path.Combine(_logs.Folder, "logrotate.d")).FullName;
        File.WriteAllText(Conf, $"weekly\ninclude {included}\n");
        File.WriteAllText(Path.Combine(included, "app"), $"# ours\n/other/*.log\n\"{Path.GetDirectoryName(_logs.Log)}/*.log\" {{\n  daily\n  postrotate\n    if true; then echo }}; fi\n  endscript\n}}\n");
        File.WriteAllText(State, $"logrotate state -- version 2\n\"{_logs.Log}\" 2026-11-8-6:25:1\n");

        await RunAsync(new LogSettings { Archives = _logs.Folder, Files = [new LogFileSettings { Path = _logs.Log }] });

        var finding = _harness.Findings(Id).Single(finding => finding.Code == "log-rotated-twice");
        finding.Message.ShouldContain($"{included}/app:3 names {Path.GetDirectoryName(_logs.Log)}/*.log), last on 2026-11-08");
        finding.Hint!.ShouldContain($"out of {included}/app:3");
    }

    [Fact]
    public async Task The_real_logrotate_may_rotate_the_same_log_at_the_same_time()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/logrotate"), "logrotate is not installed: apt-get install logrotate");
        using var writer = Process.Start(new ProcessStartInfo("bash", ["-c", "trap 'exec >> \"$0\"' HUP; exec >> \"$0\"; i=0; while [ -e \"${0%/*}\" ] && [ ! -e \"$0.stop\" ]; do echo \"line $i\"; i=$((i+1)); done; echo $i > \"$0.count\"", _logs.Log]))!;
        while (!ProcessSignal.Catches(writer.Id, 1) || !File.Exists(_logs.Log))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
        await File.WriteAllTextAsync(Conf, $"\"{_logs.Log}\" {{\n size 1\n rotate 1000\n delaycompress\n compress\n create\n postrotate\n  kill -HUP {writer.Id}; sleep 0.05\n endscript\n}}\n", Token);
        File.SetUnixFileMode(Conf, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(State, "logrotate state -- version 2\n", Token);
        var rotation = new LogRotation(new ProgramDoor(new Redactor([]), TimeProvider.System), Neighbour, TimeProvider.System);
        var (ours, theirs) = (0, 0);
        for (var round = 0; round < 12; round++)
        {
            using var other = Process.Start(new ProcessStartInfo("/usr/sbin/logrotate", ["-s", State, Conf]) { RedirectStandardError = true })!;
            var outcome = await rotation.RotateAsync(_logs.Request with
            {
                Way = round % 2 == 0 ? LogWay.Rename : LogWay.Collapse,
                Reopen = round % 2 == 0 ? new ReopenSettings { Signal = ReopenSignal.Hup } : null,
            }, Token);
            outcome.Problem.ShouldBeNull();
            ours += outcome.Done.Count;
            await other.WaitForExitAsync(Token);
            theirs += other.ExitCode == 0 ? 1 : 0;
            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System, Token);
        }
        File.WriteAllText(_logs.Log + ".stop", "");
        await writer.WaitForExitAsync(Token);

        ours.ShouldBeGreaterThan(3);
        theirs.ShouldBeGreaterThan(3);
        var kept = Directory.GetFiles(Path.GetDirectoryName(_logs.Log)!, "app.log.*").Where(file => file.Length > _logs.Log.Length && char.IsAsciiDigit(file[(_logs.Log.Length + 1)..][0]))
            .SelectMany(file => file.EndsWith(".gz", StringComparison.Ordinal) ? System.Text.Encoding.UTF8.GetString(LogFolder.Read(file)).Split('\n', StringSplitOptions.RemoveEmptyEntries) : File.ReadAllLines(file))
            .Where(line => !line.StartsWith("# upkeep", StringComparison.Ordinal));
        var numbers = _logs.Written().Concat(kept).Select(line => int.Parse(line["line ".Length..], System.Globalization.CultureInfo.InvariantCulture)).Order().ToList();
        numbers.ShouldBe(Enumerable.Range(0, int.Parse(File.ReadAllText(_logs.Log + ".count"), System.Globalization.CultureInfo.InvariantCulture)));
    }

    public void Dispose()
    {
        _logs.Dispose();
        _harness.Dispose();
    }

    private RotateStep Step(LogSettings settings) =>
        new(settings, new LogRotation(new ProgramDoor(new Redactor([]), TimeProvider.System), Neighbour, TimeProvider.System), Neighbour, Redactor.None);

    private Task<StepEnded> RunAsync(LogSettings settings) => _harness.RunAsync(Token, Step(settings));
}
