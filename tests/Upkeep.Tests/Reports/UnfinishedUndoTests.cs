using Upkeep.Journal;
using Upkeep.Reports;
using Upkeep.Testing.Reports;
using static Upkeep.Testing.Reports.Journaled;

namespace Upkeep.Tests.Reports;

/// <summary>An undo or a full rollback that did not come to its end is told wherever the run is.</summary>
public sealed class UnfinishedUndoTests
{
    private const string Retention = "database.retention";
    private const string Full = "rollback.full";
    private const string Rows = "rollback.rows";

    [Fact]
    public void An_undo_that_worked_in_part_is_told_and_the_run_needs_a_person()
    {
        var run = Removed().Add(Retention, new UndoIntended(), new UndoEnded(false, "5 rows are back, but public.nokey: the table is gone", "Mend the cause."));

        var document = RunDocument.From(run.Entries);

        document.Status.ShouldBe(RunStatus.Attention);
        var step = document.Steps.ShouldHaveSingleItem();
        step.Summary!.ShouldContain("5 rows are back, but public.nokey: the table is gone");
        var finding = step.Findings.ShouldHaveSingleItem();
        finding.Severity.ShouldBe(Severity.Warning);
        finding.Message.ShouldContain("public.nokey: the table is gone");
        finding.Hint!.ShouldContain($"upkeep rollback {Run} --step {Retention}");
        Words.State(step).ShouldBe("not wholly undone");
    }

    [Fact]
    public void An_undo_that_was_killed_is_told_as_begun_and_not_finished()
    {
        var step = RunDocument.From(Removed().Add(Retention, new UndoIntended()).Entries).Steps.ShouldHaveSingleItem();

        step.Findings.ShouldHaveSingleItem().Message.ShouldContain("begun and not finished");
    }

    [Fact]
    public void An_undo_that_was_finished_at_last_is_no_finding_any_more()
    {
        var run = Removed().Add(Retention, new UndoIntended(), new UndoEnded(false, "the table is gone", null), new UndoIntended(), new UndoEnded(true, "all back", null));

        var document = RunDocument.From(run.Entries);

        document.Status.ShouldBe(RunStatus.RolledBack);
        document.Steps.ShouldHaveSingleItem().Findings.ShouldBeEmpty();
    }

    [Fact]
    public void A_full_rollback_that_was_killed_after_one_that_was_gone_back_from_is_no_rolled_back_run()
    {
        var run = Removed().Add(Full, new StepStarted("Whole", "change"), new ActIntended(), Acted(), Ended(undo: UndoState.Available), new UndoIntended(), new UndoEnded(true, "gone back", null),
            new StepStarted("Whole", "change"), Surveyed("would restore"), new ActIntended());

        var document = RunDocument.From(run.Entries);

        document.Status.ShouldBe(RunStatus.Attention);
        var step = document.Steps.Single(one => one.Id == Full);
        step.Findings.ShouldHaveSingleItem().Hint!.ShouldContain($"upkeep rollback {Run} --full");
        Words.State(step).ShouldBe("deferred");
        (step.Reason + step.Findings[0].Message).ShouldContain("which database is live is not certain");
    }

    [Fact]
    public void A_full_rollback_that_was_killed_after_every_step_was_undone_is_told_too()
    {
        var run = Removed().Add(Retention, new UndoIntended(), new UndoEnded(true, "all back", null)).Add(Full, new StepStarted("Whole", "change"), Surveyed("would restore"), new ActIntended());

        RunDocument.From(run.Entries).Status.ShouldBe(RunStatus.Attention);
    }

    [Fact]
    public void An_undo_that_worked_in_part_is_no_matter_while_the_whole_is_rolled_back_and_is_one_again_after_going_back()
    {
        var run = Removed().Add(Retention, new UndoIntended(), new UndoEnded(false, "the table is gone", null))
            .Add(Full, new StepStarted("Whole", "change"), Surveyed("would restore"), new ActIntended(), Acted(), Ended(undo: UndoState.Available));

        var whole = RunDocument.From(run.Entries);
        var back = RunDocument.From(run.Add(Full, new UndoIntended(), new UndoEnded(true, "gone back", null)).Entries);

        whole.Status.ShouldBe(RunStatus.RolledBack);
        whole.Steps[0].Findings.ShouldBeEmpty();
        whole.Steps[0].Unfinished.ShouldBeNull();
        back.Status.ShouldBe(RunStatus.Attention);
        back.Steps[0].Unfinished.ShouldNotBeNull();
    }

    [Fact]
    public void What_is_begun_anew_after_it_was_undone_forgets_what_was_said_before()
    {
        var run = Removed().Add(Rows, new StepStarted("Rows", "change"), Raised(Severity.Warning, "rows-not-in-live", "12 rows"), Surveyed("12 rows"), new ActIntended(), Acted(),
                Raised(Severity.Warning, "rows-in-conflict", "1 row"), Ended(StepStatus.Attention), new UndoIntended(), new UndoEnded(true, "went with it", null))
            .Add(Rows, new StepStarted("Rows", "change"), Surveyed("nothing"), Ended(undo: UndoState.NotNeeded));

        var step = RunDocument.From(run.Entries).Steps.Single(one => one.Id == Rows);

        step.Findings.ShouldBeEmpty();
        step.Summary.ShouldBe("all is well");
        step.Undo.ShouldBe(UndoState.NotNeeded);
    }

    private static Journaled Removed() => new Journaled().Add(null, Started(Retention))
        .Add(Retention, new StepStarted("Old rows removed", "change"), new ActIntended(), Acted(), Ended(undo: UndoState.Available))
        .Add(null, new RunEnded(RunStatus.Succeeded, null));
}
