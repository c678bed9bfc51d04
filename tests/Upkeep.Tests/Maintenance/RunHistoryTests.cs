using Microsoft.Extensions.Time.Testing;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Testing.Reports;

namespace Upkeep.Tests.Maintenance;

public sealed class RunHistoryTests : IDisposable
{
    private const string Id = "database.vacuum";

    private static readonly StepDefinition Vacuum = new() { Id = Id, Title = "Vacuum", Kind = StepKind.Change, WorkMeasure = "dead_rows" };

    private readonly FakeTimeProvider _time = new(Journaled.Began) { AutoAdvanceAmount = TimeSpan.Zero };
    private readonly JournalFile _journal;
    private int _runs;

    public RunHistoryTests() => _journal = JournalFile.Open(":memory:", Redactor.None, _time);

    [Fact]
    public void A_step_that_did_its_work_is_remembered_with_its_duration_and_amount()
    {
        Run(60, StepStatus.Succeeded, Journaled.Figure("dead_rows", 1000, "public.a"), Journaled.Figure("dead_rows", 500, "public.b"),
            Journaled.Figure("dead_rows", 3, "public.a", Look.After), Journaled.Figure("tables", 2));
        Run(90, StepStatus.Attention);

        Past().Durations.ShouldBe([new PastDuration(TimeSpan.FromSeconds(90), null), new PastDuration(TimeSpan.FromSeconds(60), 1500)]);
    }

    [Theory]
    [InlineData(StepStatus.Failed)]
    [InlineData(StepStatus.Deferred)]
    [InlineData(StepStatus.Refused)]
    public void A_step_that_did_not_come_to_its_end_says_nothing_of_its_duration(StepStatus status)
    {
        Run(60, status);

        Past().Durations.ShouldBeEmpty();
    }

    [Fact]
    public void Work_that_was_taken_up_again_says_nothing_of_its_duration()
    {
        var run = Begin();
        _journal.Append(run, Id, new StepStarted("Vacuum", "change"));
        _journal.Append(run, null, new RunResumed(2, "db1", "killed"));
        Step(run, 10, StepStatus.Succeeded);

        Past().Durations.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_to_do_is_remembered_as_idle()
    {
        Run(2, new StepEnded(StepStatus.Succeeded, "nothing", null, null, UndoState.NotNeeded));

        Past().Durations.ShouldBe([new PastDuration(TimeSpan.FromSeconds(2), null, Idle: true)]);
    }

    [Fact]
    public void Dry_runs_are_no_history()
    {
        _time.Advance(TimeSpan.FromDays(7));
        _journal.Append("dry", null, Journaled.Started(Id) with { DryRun = true });
        Step("dry", 60, StepStatus.Succeeded);

        RunHistory.Read(_journal, 26, null).Runs.ShouldBeEmpty();
    }

    [Fact]
    public void Deferrals_in_a_row_are_counted_up_to_the_last_run_and_runs_without_the_step_neither_count_nor_end_the_wait()
    {
        Run(60, StepStatus.Deferred);
        Run(60, StepStatus.Succeeded);
        Run(60, StepStatus.Deferred);
        var without = Begin();
        _journal.Append(without, Id, Journaled.Ended(StepStatus.Skipped, "not asked for"));
        _journal.Append(without, null, new RunEnded(RunStatus.Succeeded, null));
        Run(60, StepStatus.Deferred);

        Past().TimesDeferred.ShouldBe(2);
    }

    [Fact]
    public void A_step_that_ran_is_waiting_no_longer()
    {
        Run(60, StepStatus.Deferred);
        Run(60, StepStatus.Failed);

        Past().TimesDeferred.ShouldBe(0);
    }

    [Fact]
    public void Only_the_newest_runs_count_and_checkpoints_are_not_even_read()
    {
        for (var run = 0; run < 5; run++)
            Run(10 * (run + 1), StepStatus.Succeeded, new CheckpointReached(JournalJson.ToElement(new { Batch = 1 })));

        RunHistory.Read(_journal, 2, null).Past([Vacuum])[Id].Durations.Select(one => one.Duration.TotalSeconds).ShouldBe([50, 40]);
        _journal.Read("run-5").ShouldContain(entry => entry.Fact is CheckpointReached);
        _journal.ReadWithoutCheckpoints("run-5").ShouldNotContain(entry => entry.Fact is CheckpointReached);
    }

    public void Dispose() => _journal.Dispose();

    private StepPast Past() => RunHistory.Read(_journal, 26, null).Past([Vacuum])[Id];

    private void Run(int seconds, StepStatus status, params Fact[] facts) => Run(seconds, Journaled.Ended(status), facts);

    private void Run(int seconds, StepEnded end, params Fact[] facts)
    {
        var run = Begin();
        Step(run, seconds, end, facts);
        _journal.Append(run, null, new RunEnded(RunStatus.Succeeded, null));
    }

    private string Begin()
    {
        _time.Advance(TimeSpan.FromDays(7));
        var run = $"run-{++_runs}";
        _journal.Append(run, null, Journaled.Started(Id));
        return run;
    }

    private void Step(string run, int seconds, StepStatus status) => Step(run, seconds, Journaled.Ended(status), []);

    private void Step(string run, int seconds, StepEnded end, Fact[] facts)
    {
        _journal.Append(run, Id, new StepStarted("Vacuum", "change"));
        foreach (var fact in facts)
            _journal.Append(run, Id, fact);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _journal.Append(run, Id, end);
    }
}
