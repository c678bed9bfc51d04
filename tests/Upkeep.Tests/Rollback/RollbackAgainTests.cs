using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Reports;
using Upkeep.Rollback.Full;
using Upkeep.Rollback.Rows;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback;

/// <summary>A full rollback that is asked for once more, and a way back that is no more: neither an old story nor a dead end.</summary>
public sealed class RollbackAgainTests(PostgresServer server)
{
    private const string Written = "insert into customers (name) values ('late'); insert into seen values ('late', 1)";

    [Fact]
    public async Task A_second_rollback_after_going_back_tells_of_itself_only()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync(Written);
        await test.FullAsync(CarryOver.New);
        RollbackCase.Proof(await test.BackAsync()).Holds.ShouldBeTrue();
        await test.ExecuteAsync("delete from customers where name = 'late'; delete from seen where what = 'late'");

        var steps = RollbackCase.Steps(await test.FullAsync());

        steps[0].Status.ShouldBe(StepStatus.Succeeded, steps[0].Reason);
        steps[1].Status.ShouldBe(StepStatus.Succeeded, steps[1].Summary);
        steps[1].Summary!.ShouldStartWith("nothing was written");
        steps.SelectMany(step => step.Findings).Where(finding => finding.Severity != Severity.Info).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rows_that_were_left_in_conflict_and_carried_over_since_are_no_finding_any_more()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync("update orders set note = 'changed' where id = 7");
        await test.FullAsync(CarryOver.New);

        var rows = RollbackCase.Steps(await test.FullAsync(CarryOver.NewAndChanged))[1];

        rows.Status.ShouldBe(StepStatus.Succeeded, rows.Summary);
        rows.Findings.Where(finding => finding.Severity != Severity.Info).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_listed_as_missing_is_no_finding_any_more_after_going_back()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync(Written);
        await test.FullAsync();

        RollbackCase.Proof(await test.BackAsync()).Holds.ShouldBeTrue();

        using var journal = test.Journal();
        var rows = RunDocument.From(journal.Read(RollbackCase.Run)).Steps.Single(step => step.Id == RowsStep.Id);
        rows.Undo.ShouldBe(UndoState.Applied);
        rows.Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_rollback_that_fails_says_nothing_of_the_rows_of_the_first()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync(Written);
        await test.FullAsync();
        await test.BackAsync();
        Directory.Delete(Path.Combine(test.Root, "backups"), recursive: true);

        var step = RollbackCase.Steps(await test.FullAsync()).ShouldHaveSingleItem();

        step.Id.ShouldBe(FullRollbackStep.Id);
        step.Status.ShouldBe(StepStatus.Refused);
        step.Reason!.ShouldContain("no backup");
    }

    [Fact]
    public async Task Where_the_replaced_database_was_dropped_going_back_is_refused_and_nothing_is_begun()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.FullAsync();
        await test.ExecuteAsync($"drop database \"{(await test.NamesAsync())[1]}\"", "postgres");

        var back = await test.BackAsync();
        var again = await test.FullAsync();

        back.ShouldBeOfType<RollbackOutcome.Refused>().Reason.ShouldContain("is gone");
        using (var journal = test.Journal())
            journal.Read(RollbackCase.Run).ShouldNotContain(entry => entry.Fact is UndoIntended);
        again.ShouldBeOfType<RollbackOutcome.Full>().Status.ShouldBe(RunStatus.RolledBack);
        (await test.FullAsync(CarryOver.New)).ShouldBeOfType<RollbackOutcome.Full>().Steps[1].Reason!.ShouldContain("is gone");
        (await test.UndoStepsAsync()).ShouldBeOfType<RollbackOutcome.Refused>().Reason.ShouldContain("rolled back as a whole");
    }

    [Fact]
    public async Task A_going_back_that_was_begun_in_vain_is_given_up_where_there_is_nothing_to_go_back_to()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.FullAsync();
        await test.ExecuteAsync($"drop database \"{(await test.NamesAsync())[1]}\"", "postgres");
        using (var journal = test.Journal())
        {
            journal.Append(RollbackCase.Run, FullRollbackStep.Id, new UndoIntended());
            journal.Append(RollbackCase.Run, FullRollbackStep.Id, new UndoEnded(false, "the replaced one is gone; nothing was changed", null));
        }

        var full = await test.FullAsync();

        full.ShouldBeOfType<RollbackOutcome.Full>().Status.ShouldBe(RunStatus.RolledBack);
        full.ShouldBeOfType<RollbackOutcome.Full>().Steps[0].Findings.ShouldNotContain(finding => finding.Severity != Severity.Info);
        (await test.UndoStepsAsync()).ShouldBeOfType<RollbackOutcome.Refused>().Reason.ShouldContain("rolled back as a whole");
        (await test.BackAsync()).ShouldBeOfType<RollbackOutcome.Refused>().Reason.ShouldContain("is gone");
    }
}
