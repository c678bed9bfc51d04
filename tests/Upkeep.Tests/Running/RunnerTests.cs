using Microsoft.Extensions.Time.Testing;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Running;

public sealed class RunnerTests : IDisposable
{
    private static readonly DateTimeOffset _opens = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(_opens);
    private readonly StepHarness _harness;

    public RunnerTests() => _harness = new StepHarness(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_harness.Root, "file");

    [Fact]
    public async Task A_gate_that_says_no_ends_the_run_with_nothing_touched_and_only_the_report_is_written()
    {
        var write = new WriteFile(FilePath, "database.write");
        var verify = new Look(Later("verification.look", StepKind.Verify), (_, _) => Looked());
        var report = new Look(Later("report.told", StepKind.Inspect), (_, _) => Looked());

        var status = await RunAsync(Deadlines.None, Gate(Check.Refused<Seen>(null, "12 users are active")), write, verify, report);

        status.ShouldBe(RunStatus.Refused);
        (write.Acts, verify.Looks, report.Looks).ShouldBe((0, 0, 1));
        End("database.write").Reason.ShouldBe("not started: preparation.gate said no: 12 users are active");
        Ended().Reason.ShouldBe("preparation.gate said no: 12 users are active");
    }

    [Fact]
    public async Task A_gate_that_crashes_says_no()
    {
        var write = new WriteFile(FilePath, "database.write");
        var gate = new Look(new StepDefinition { Id = "preparation.gate", Title = "g", Kind = StepKind.Inspect, IsGate = true }, (_, _) => throw new InvalidOperationException("boom"));

        (await RunAsync(Deadlines.None, gate, write)).ShouldBe(RunStatus.Refused);
        write.Acts.ShouldBe(0);
    }

    [Theory]
    [InlineData(Severity.Info, RunStatus.Succeeded)]
    [InlineData(Severity.Warning, RunStatus.Attention)]
    public async Task What_a_step_warned_of_before_it_could_not_look_needs_a_person_all_the_same(Severity severity, RunStatus told)
    {
        var look = new Look(new StepDefinition { Id = "performance.look", Title = "l", Kind = StepKind.Inspect }, (context, _) =>
        {
            context.Raise(severity, "source-not-checked", "Not checked: the source.");
            return Task.FromResult(Check.Skipped<Seen>("the source can't be read", "Mend it."));
        });

        (await RunAsync(Deadlines.None, look)).ShouldBe(told);
        End("performance.look").Status.ShouldBe(StepStatus.Skipped);
    }

    [Fact]
    public async Task A_failing_step_that_is_no_gate_stops_nobody_else()
    {
        var write = new WriteFile(FilePath, "database.write");

        (await RunAsync(Deadlines.None, new Look("performance.look", Check.Failed<Seen>(null, "no")), write)).ShouldBe(RunStatus.Failed);
        End("database.write").Status.ShouldBe(StepStatus.Succeeded);
    }

    [Fact]
    public async Task A_refused_run_does_not_wait_for_its_window_to_open()
    {
        var status = await RunAsync(new Deadlines(_opens.AddMinutes(30), _opens.AddHours(4)), Gate(Check.Refused<Seen>(null, "no")), new WriteFile(FilePath, "database.write"));

        status.ShouldBe(RunStatus.Refused);
        _harness.Heard.ShouldNotContain(heard => heard is RunEvent.Waiting);
    }

    [Fact]
    public async Task Preparation_starts_at_once_and_the_rest_waits_for_the_window()
    {
        var gate = Gate(Check.Looked(new Seen("x"), "yes"));
        var write = new WriteFile(FilePath, "database.write");
        var run = RunAsync(new Deadlines(_opens.AddMinutes(30), _opens.AddHours(4)), gate, write);
        (gate.Looks, write.Acts).ShouldBe((1, 0));

        _time.Advance(TimeSpan.FromMinutes(29));
        write.Acts.ShouldBe(0);
        _time.Advance(TimeSpan.FromMinutes(1));

        (await run).ShouldBe(RunStatus.Succeeded);
        write.Acts.ShouldBe(1);
    }

    [Fact]
    public async Task At_the_end_of_the_window_the_step_stops_safely_the_rest_is_deferred_and_the_report_is_written()
    {
        var first = new WriteFile(FilePath, "database.first") { First = (_, _) => { _time.Advance(TimeSpan.FromHours(5)); return Task.CompletedTask; } };
        var second = new WriteFile(FilePath + "2", "database.second");
        var report = new Look(Later("report.told", StepKind.Inspect), (_, _) => Looked());

        (await RunAsync(new Deadlines(_opens, _opens.AddHours(4)), first, second, report)).ShouldBe(RunStatus.Stopped);

        End("database.first").Status.ShouldBe(StepStatus.Deferred);
        End("database.second").Reason.ShouldBe("not started: the maintenance window is over");
        report.Looks.ShouldBe(1);
        _harness.Journal.Read(StepHarness.Run).ShouldContain(entry => entry.Fact is StopRequested);
    }

    [Fact]
    public async Task A_stop_that_nothing_was_left_to_do_for_changes_no_verdict()
    {
        var look = new Look(new StepDefinition { Id = "performance.look", Title = "l", Kind = StepKind.Inspect }, (_, _) => { _harness.Stop.Request("ctrl-c"); return Looked(); });

        (await RunAsync(Deadlines.None, look)).ShouldBe(RunStatus.Succeeded);
    }

    [Fact]
    public async Task At_its_deadline_a_step_is_asked_to_stop_and_after_the_grace_it_is_cancelled()
    {
        var asked = false;
        var write = new WriteFile(FilePath, "database.write")
        {
            First = (context, token) =>
            {
                _time.Advance(TimeSpan.FromMinutes(10));
                asked = context.Stop.IsRequested && !token.IsCancellationRequested;
                _time.Advance(TimeSpan.FromSeconds(30));
                token.ThrowIfCancellationRequested();
                return Task.CompletedTask;
            },
        };

        (await RunAsync(Deadlines.None, write)).ShouldBe(RunStatus.Failed);
        asked.ShouldBeTrue();
        End("database.write").Reason.ShouldNotBeNull().ShouldContain("deadline");
        File.Exists(FilePath).ShouldBeFalse();
    }

    [Fact]
    public async Task A_step_that_crashed_is_unknown_and_counts_as_failed()
    {
        (await RunAsync(Deadlines.None, new WriteFile(FilePath, "database.write") { First = (_, _) => throw new InvalidOperationException("boom") })).ShouldBe(RunStatus.Failed);
        End("database.write").Reason.ShouldBe("unknown: InvalidOperationException: boom");
    }

    [Fact]
    public async Task A_step_without_what_it_requires_is_refused()
    {
        var needed = new WriteFile(FilePath, "preparation.backup") { Verdict = () => Proof.Missing("no backup") };
        var write = new WriteFile(FilePath + "2", "database.write", "preparation.backup");

        (await RunAsync(Deadlines.None, needed, write)).ShouldBe(RunStatus.Failed);
        End("database.write").Status.ShouldBe(StepStatus.Refused);
        write.Acts.ShouldBe(0);
    }

    [Fact]
    public async Task An_act_that_was_not_proven_is_looked_at_again_before_it_is_repeated()
    {
        var proofs = new Queue<Proof>([Proof.Missing("not yet"), Proof.That("there now")]);
        var write = new WriteFile(FilePath, "database.write") { Verdict = proofs.Dequeue };
        (await RunAsync(Deadlines.None, write)).ShouldBe(RunStatus.Failed);

        (await RunAsync(Deadlines.None, write)).ShouldBe(RunStatus.Succeeded);
        write.Acts.ShouldBe(1);
    }

    [Fact]
    public async Task A_warning_of_the_check_still_counts_when_the_act_is_gone_on_with()
    {
        var crash = true;
        var write = new WriteFile(FilePath, "database.write")
        {
            InCheck = context => { context.Raise(Severity.Warning, "odd", "odd"); return Task.CompletedTask; },
            First = (_, _) => crash ? throw new IOException("gone") : Task.CompletedTask,
        };
        await RunAsync(Deadlines.None, write);
        crash = false;

        (await RunAsync(Deadlines.None, write)).ShouldBe(RunStatus.Attention);
    }

    [Fact]
    public async Task Finished_steps_are_not_repeated_gates_are_asked_again_and_the_report_follows_new_work()
    {
        var gate = Gate(Check.Looked(new Seen("x"), "yes"));
        var done = new WriteFile(FilePath, "database.done");
        var late = new WriteFile(FilePath + "2", "database.late") { First = (_, _) => throw new IOException("once") };
        var report = new Look(Later("report.told", StepKind.Inspect), (_, _) => Looked());
        await RunAsync(Deadlines.None, gate, done, late, report);
        late.First = (_, _) => Task.CompletedTask;

        (await RunAsync(Deadlines.None, gate, done, late, report)).ShouldBe(RunStatus.Succeeded);
        (gate.Looks, done.Acts, late.Acts, report.Looks).ShouldBe((2, 1, 2, 2));

        await RunAsync(Deadlines.None, gate, done, late, report);
        (gate.Looks, done.Acts, late.Acts, report.Looks).ShouldBe((3, 1, 2, 2));
    }

    [Fact]
    public async Task A_gate_that_says_no_to_a_resume_leaves_a_run_that_is_stopped_not_refused()
    {
        await RunAsync(Deadlines.None, Gate(Check.Looked(new Seen("x"), "yes")), new WriteFile(FilePath, "database.write") { First = (_, _) => throw new IOException("once") });

        var status = await RunAsync(Deadlines.None, Gate(Check.Refused<Seen>(null, "busy")), new WriteFile(FilePath, "database.write"));

        status.ShouldBe(RunStatus.Stopped);
        Ended().Reason.ShouldNotBeNull().ShouldContain("busy");
    }

    [Fact]
    public async Task What_was_undone_stays_undone_when_the_run_is_resumed()
    {
        var write = new WriteFile(FilePath, "database.write");
        await RunAsync(Deadlines.None, write);
        (await _harness.UndoAsync(write, Token)).Holds.ShouldBeTrue();

        // Done, but without something that was planned: nobody is told that all is well.
        (await RunAsync(Deadlines.None, write)).ShouldBe(RunStatus.Attention);

        File.Exists(FilePath).ShouldBeFalse();
        (await _harness.UndoAsync(write, Token)).Summary.ShouldContain("undone already");
    }

    [Fact]
    public async Task A_cancelled_run_begins_no_step_and_still_says_how_it_ended()
    {
        using var now = new CancellationTokenSource();
        var write = new WriteFile(FilePath, "database.write") { First = async (_, token) => { await now.CancelAsync(); token.ThrowIfCancellationRequested(); } };
        var report = new Look(Later("report.told", StepKind.Inspect), (_, _) => Looked());

        (await RunAsync(Deadlines.None, now.Token, write, report)).ShouldBe(RunStatus.Stopped);
        report.Looks.ShouldBe(0);
        Ended().Status.ShouldBe(RunStatus.Stopped);
    }

    public void Dispose() => _harness.Dispose();

    private static Task<Check<Seen>> Looked() => Task.FromResult(Check.Looked(new Seen("x"), "looked"));

    private static Look Gate(Check<Seen> says) =>
        new(new StepDefinition { Id = "preparation.gate", Title = "g", Kind = StepKind.Inspect, IsGate = true, BeforeWindow = true }, (_, _) => Task.FromResult(says));

    private static StepDefinition Later(string id, StepKind kind) => new() { Id = id, Title = id, Kind = kind, RunsAfterStop = true };

    private Task<RunStatus> RunAsync(Deadlines deadlines, params Step[] steps) => RunAsync(deadlines, Token, steps);

    private Task<RunStatus> RunAsync(Deadlines deadlines, CancellationToken cancellationToken, params Step[] steps) =>
        new Runner(_harness.Journal, _time, _harness.Heard.Add).RunAsync(StepHarness.Run,
            new Plan([.. steps.Select(step => new PlannedStep(step.Definition, PlanDecision.Run, null, null, TimeSpan.FromMinutes(10)))]),
            steps.ToDictionary(step => step.Definition.Id), new RunFrame(_harness.Folder, deadlines, false, TimeSpan.FromSeconds(30)), _harness.Stop, cancellationToken);

    private StepEnded End(string step) => _harness.Facts<StepEnded>(step)[^1];

    private RunEnded Ended() => _harness.Journal.Read(StepHarness.Run).Select(entry => entry.Fact).OfType<RunEnded>().Last();
}
