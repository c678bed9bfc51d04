using Microsoft.Extensions.Time.Testing;
using Upkeep.Journal;
using Upkeep.Redaction;
using Upkeep.Running;
using Upkeep.Testing.Reports;

namespace Upkeep.Tests.Cli;

/// <summary><c>upkeep history</c> and <c>upkeep status</c>, on journals as runs leave them.</summary>
public sealed class PastVerbTests : IDisposable
{
    private const string Step = "database.retention";

    private readonly FakeTimeProvider _time = new(Journaled.Began);
    private readonly ProgramFixture _upkeep;
    private JournalFile? _journal;

    public PastVerbTests()
    {
        _upkeep = new ProgramFixture(_time);
        _upkeep.Configure("platform: SceneScout\ndatabase:\n  url: postgres://app@127.0.0.1:1/app\nwindow:\n  timeZone: America/Toronto\n");
    }

    private JournalFile Journal => _journal ??= JournalFile.Open(Path.Combine(_upkeep.Root, "journal.db"), Redactor.None, _time);

    [Theory]
    [InlineData("history")]
    [InlineData("status")]
    public async Task Before_the_first_run_they_say_so_and_make_nothing(string verb)
    {
        (await _upkeep.RunAsync(verb)).ShouldBe(0);

        _upkeep.Answer.ShouldContain("no run yet");
        Directory.Exists(_upkeep.Root).ShouldBeFalse();
    }

    [Fact]
    public async Task The_history_has_a_line_a_run_newest_first_with_its_change_against_the_one_before()
    {
        Ran("weekly-20261108", minutes: 10, deleted: 1000, findings: 3);
        Ran("weekly-20261115", minutes: 15, deleted: 500, findings: 1);
        Ran("weekly-20261122", minutes: 15, deleted: 500, findings: 1);

        (await _upkeep.RunAsync("history", "--format", "json")).ShouldBe(0);

        var runs = _upkeep.Json().GetProperty("runs").EnumerateArray().ToList();
        runs.Select(run => run.GetProperty("run").GetString()).ShouldBe(["weekly-20261122", "weekly-20261115", "weekly-20261108"]);
        runs[1].GetProperty("rowsRemoved").GetDouble().ShouldBe(500);
        runs[1].GetProperty("rowsRemovedChange").GetDouble().ShouldBe(-500);
        runs[1].GetProperty("durationChangeMs").GetInt64().ShouldBe(5 * 60_000);
        runs[1].GetProperty("findingsChange").GetInt32().ShouldBe(-2);
        runs[1].GetProperty("comparedWith").GetString().ShouldBe("weekly-20261108");
        runs[2].TryGetProperty("comparedWith", out _).ShouldBeFalse();
        (await _upkeep.RunAsync("history")).ShouldBe(0);
        _upkeep.Answer.ShouldContain("+50 %");
        _upkeep.Answer.ShouldContain("−50 %");
        _upkeep.Answer.ShouldContain("−2");
    }

    [Fact]
    public async Task Nothing_is_compared_with_a_run_that_was_refused()
    {
        Ran("weekly-20261108", minutes: 10, deleted: 1000, findings: 0);
        Begin("weekly-20261115");
        Journal.Append("weekly-20261115", null, new RunEnded(RunStatus.Refused, "too many users"));
        Ran("weekly-20261122", minutes: 20, deleted: 1000, findings: 0);

        await _upkeep.RunAsync("history", "--last", "1", "--format", "json");

        var run = _upkeep.Json().GetProperty("runs").EnumerateArray().Single();
        // The one line's neighbour is a refusal, so there is nothing near to compare it with.
        run.GetProperty("run").GetString().ShouldBe("weekly-20261122");
        run.TryGetProperty("comparedWith", out _).ShouldBeFalse();
        await _upkeep.RunAsync("history", "--format", "json");
        _upkeep.Json().GetProperty("runs")[0].GetProperty("comparedWith").GetString().ShouldBe("weekly-20261108");
    }

    [Fact]
    public async Task Rows_that_were_put_back_were_not_removed()
    {
        Ran("weekly-20261108", minutes: 10, deleted: 1000, findings: 0);
        Journal.Append("weekly-20261108", Step, new UndoIntended());
        Journal.Append("weekly-20261108", Step, new UndoEnded(true, "all back", null));

        await _upkeep.RunAsync("history", "--format", "json");

        _upkeep.Json().GetProperty("runs")[0].TryGetProperty("rowsRemoved", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_run_had_removed_when_it_was_killed_is_in_the_history_as_the_least_it_can_be()
    {
        Begin("weekly-20261122");
        Journal.Append("weekly-20261122", Step, new StepStarted("Retention", "change"));
        Journal.Append("weekly-20261122", Step, new ActIntended());
        Journal.Append("weekly-20261122", Step, Journaled.Figure("deleted_rows", 191_000, "public.logs", Look.After));

        await _upkeep.RunAsync("history");

        _upkeep.Answer.ShouldContain("≥ 191,000");
    }

    [Fact]
    public async Task An_undo_that_worked_in_part_is_told_by_status_history_and_report()
    {
        Ran("weekly-20261122", minutes: 10, deleted: 1000, findings: 0);
        Journal.Append("weekly-20261122", Step, new UndoIntended());
        Journal.Append("weekly-20261122", Step, new UndoEnded(false, "900 rows are back, but public.nokey: the table is gone", "Mend the cause."));

        await _upkeep.RunAsync("status");
        _upkeep.Answer.ShouldContain("public.nokey: the table is gone");
        _upkeep.Answer.ShouldContain($"upkeep rollback weekly-20261122 --step {Step}");
        _upkeep.Answer.ShouldContain("weekly-20261122: attention");
        await _upkeep.RunAsync("history");
        _upkeep.Answer.ShouldContain("rollback");
        await _upkeep.RunAsync("report", "weekly-20261122", "--format", "json");
        _upkeep.Json().GetProperty("steps")[0].GetProperty("unfinished").GetString()!.ShouldContain("the table is gone");
    }

    [Fact]
    public async Task The_status_of_an_ended_run_is_its_document()
    {
        Ran("weekly-20261122", minutes: 10, deleted: 1000, findings: 0);

        (await _upkeep.RunAsync("status", "--format", "json")).ShouldBe(0);

        _upkeep.Json().GetProperty("status").GetString().ShouldBe("succeeded");
        _upkeep.Json().GetProperty("steps")[0].GetProperty("id").GetString().ShouldBe(Step);
        _upkeep.Json().TryGetProperty("lock", out _).ShouldBeFalse();
        (await _upkeep.RunAsync("status")).ShouldBe(0);
        _upkeep.Answer.ShouldContain("SceneScout, weekly-20261122: succeeded.");
    }

    [Fact]
    public async Task A_run_that_goes_on_tells_its_steps_and_who_holds_the_lock()
    {
        Begin("weekly-20261122");
        Journal.Append("weekly-20261122", Step, new StepStarted("Retention", "change"));
        var (taken, _) = RunLock.TryTake(_upkeep.Root, new RunLockHolder(ProcessMark.Own, "upkeep run", _time.GetUtcNow()));
        using (taken)
        {
            (await _upkeep.RunAsync("status")).ShouldBe(0);
            _upkeep.Answer.ShouldContain("weekly-20261122: running.");
            _upkeep.Answer.ShouldContain($"The lock is held by upkeep run (process {Environment.ProcessId} on {Environment.MachineName})");
            _upkeep.Answer.ShouldContain(Step);
            await _upkeep.RunAsync("status", "--format", "json");
            _upkeep.Json().GetProperty("lock").GetProperty("processId").GetInt32().ShouldBe(Environment.ProcessId);
            _upkeep.Json().GetProperty("status").GetString().ShouldBe("running");
        }
    }

    [Fact]
    public async Task A_run_without_an_end_that_nobody_works_on_was_killed_and_can_be_resumed()
    {
        Begin("weekly-20261122");

        await _upkeep.RunAsync("status");

        _upkeep.Answer.ShouldContain("weekly-20261122: stopped");
        _upkeep.Answer.ShouldContain("upkeep run --resume");
    }

    [Fact]
    public async Task History_and_report_tell_of_a_killed_run_what_status_does()
    {
        Begin("weekly-20261115");
        _time.Advance(TimeSpan.FromDays(7));
        Begin("weekly-20261122");

        await _upkeep.RunAsync("history", "--format", "json");
        _upkeep.Json().GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("status").GetString()).ShouldBe(["stopped", "stopped"]);
        await _upkeep.RunAsync("report", "weekly-20261122", "--format", "json");
        _upkeep.Json().GetProperty("status").GetString().ShouldBe("stopped");
        _upkeep.Json().GetProperty("reason").GetString().ShouldBe("its process ended without a word; go on with: upkeep run --resume");
        await _upkeep.RunAsync("report", "weekly-20261115", "--format", "json");
        _upkeep.Json().GetProperty("reason").GetString().ShouldBe("its process ended without a word, and a later run was begun");
    }

    [Fact]
    public async Task Watching_tells_each_new_state_once_and_ends_with_the_run()
    {
        Begin("weekly-20261122");
        var (taken, _) = RunLock.TryTake(_upkeep.Root, new RunLockHolder(ProcessMark.Own, "upkeep run", _time.GetUtcNow()));
        using (taken)
        {
            var watching = _upkeep.RunAsync("status", "--watch");
            watching.IsCompleted.ShouldBeFalse();
            Journal.Append("weekly-20261122", Step, new StepStarted("Retention", "change"));
            await PassAsync(watching);
            Journal.Append("weekly-20261122", Step, Journaled.Ended());
            Journal.Append("weekly-20261122", null, new RunEnded(RunStatus.Succeeded, null));
            while (!watching.IsCompleted)
                await PassAsync(watching);
            (await watching).ShouldBe(0);
        }

        var lines = _upkeep.Answer.Split('\n').Where(line => line.Contains(Step, StringComparison.Ordinal)).ToList();
        lines.Count(line => line.Contains("succeeded", StringComparison.Ordinal)).ShouldBe(1);
        lines.Count.ShouldBeLessThanOrEqualTo(2);
        _upkeep.Answer.TrimEnd().ShouldEndWith("weekly-20261122: succeeded.");
    }

    public void Dispose()
    {
        _journal?.Dispose();
        _upkeep.Dispose();
    }

    // The clock is the test's: the watcher sleeps until it is moved. The short real wait lets it reach its next sleep.
    private async Task PassAsync(Task watching)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAny(watching, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken));
    }

    private void Begin(string run) => Journal.Append(run, null, Journaled.Started(Step) with { Folder = Path.Combine(_upkeep.Root, run) });

    private void Ran(string run, int minutes, double deleted, int findings)
    {
        Begin(run);
        Journal.Append(run, Step, new StepStarted("Retention", "change"));
        Journal.Append(run, Step, Journaled.Figure("deleted_rows", deleted, "public.events", Look.After));
        for (var finding = 0; finding < findings; finding++)
            Journal.Append(run, Step, Journaled.Raised(Severity.Warning, "code", $"message {finding}"));
        Journal.Append(run, Step, Journaled.Raised(Severity.Info, "code", "nothing to worry about"));
        _time.Advance(TimeSpan.FromMinutes(minutes));
        Journal.Append(run, Step, Journaled.Ended());
        Journal.Append(run, null, new RunEnded(RunStatus.Succeeded, null));
        _time.Advance(TimeSpan.FromDays(7));
    }
}
