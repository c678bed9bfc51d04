using CsCheck;
using Upkeep.Journal;
using Upkeep.Reports;
using Upkeep.Reports.Text;
using Upkeep.Testing.Reports;
using static Upkeep.Testing.Reports.Journaled;

namespace Upkeep.Tests.Reports;

public sealed class ReportModelTests
{
    private static ReportModel Model(Journaled run) => ReportModel.From(run.Entries);

    [Fact]
    public void What_was_not_checked_names_waivers_first_and_groups_steps_with_the_same_reason()
    {
        var run = new Journaled().Add(null, Started("a.one", "a.two", "b.three") with { Waivers = ["no backup is required"] })
            .Add("a.one", Ended(StepStatus.Skipped, "not asked for"))
            .Add("a.two", Ended(StepStatus.Skipped, "not asked for"))
            .Add("b.three", Ended(StepStatus.Deferred, "would not end in time"));

        Model(run).NotChecked.Select(item => (item.What, item.Reason, item.Steps.Count)).ShouldBe(
            [("waived", "no backup is required", 0), ("skipped", "not asked for", 2), ("deferred", "would not end in time", 1)]);
    }

    [Fact]
    public void What_a_step_could_not_look_at_is_not_checked_though_the_step_succeeded()
    {
        var run = new Journaled().Add(null, Started("a.one"))
            .Add("a.one", new StepStarted("One", "inspect"), Raised(Severity.Info, "alerts-not-checked", "Not checked: open alerts, because no Alertmanager is configured."),
                Raised(Severity.Info, "log-read", "683 lines"), Ended());

        Model(run).NotChecked.Select(item => (item.What, item.Reason, item.Steps.Count)).ShouldBe(
            [("in part", "Not checked: open alerts, because no Alertmanager is configured.", 1)]);
    }

    [Fact]
    public void A_failed_step_and_a_critical_finding_come_before_a_warning_and_information_needs_nobody()
    {
        var run = new Journaled().Add(null, Started("a.one", "a.two"))
            .Add("a.one", new StepStarted("One", "inspect"), Raised(Severity.Info, "i", "fyi"), Raised(Severity.Warning, "w", "odd"), Raised(Severity.Critical, "c", "bad"), Ended(StepStatus.Attention))
            .Add("a.two", new StepStarted("Two", "change"), Ended(StepStatus.Failed, "disk full"))
            .Add(null, new RunEnded(RunStatus.Failed, null));

        Model(run).Attention.Select(item => item.Code).ShouldBe(["step-failed", "c", "w"]);
    }

    [Fact]
    public void In_a_refused_run_the_gate_speaks_once_and_not_every_step_after_it()
    {
        var run = new Journaled().Add(null, Started("p.readiness", "d.vacuum"))
            .Add("p.readiness", new StepStarted("Go", "inspect"), Ended(StepStatus.Refused, "12 users are active"))
            .Add("d.vacuum", Ended(StepStatus.Refused, "not started: p.readiness said no"))
            .Add(null, new RunEnded(RunStatus.Refused, "p.readiness said no: 12 users are active"));

        var model = Model(run);

        model.Attention.ShouldBeEmpty();
        model.Headline.Verdict.ShouldStartWith("Not started");
        model.Headline.Detail.ShouldContain("12 users are active");
    }

    [Fact]
    public void Steps_that_wait_for_a_failed_one_are_told_once_and_with_it()
    {
        var blocked = Ended(StepStatus.Refused, "needs preparation.backup, which did not succeed in this run") with { Hint = "Mend preparation.backup first", BlockedBy = ["preparation.backup"] };
        var run = new Journaled().Add(null, Started("preparation.backup", "d.retention", "d.sessions"))
            .Add("preparation.backup", new StepStarted("Backup", "change"), Ended(StepStatus.Failed, "disk full") with { Hint = "Make room" })
            .Add("d.retention", blocked).Add("d.sessions", blocked)
            .Add(null, new RunEnded(RunStatus.Failed, null));

        var model = Model(run);

        model.Attention.Select(item => item.Step.Id).ShouldBe(["preparation.backup"]);
        model.Headline.Verdict.ShouldBe("1 step failed and 2 were refused");
        model.NotChecked.Select(item => (item.What, item.Steps.Count)).ShouldBe([("refused", 2)]);
        model.Recommendations.Select(advice => advice.Advice).ShouldBe(["Make room"]);
    }

    [Fact]
    public void A_step_that_waits_for_one_that_was_only_skipped_is_its_own_cause()
    {
        var run = new Journaled().Add(null, Started("preparation.backup", "d.retention"))
            .Add("preparation.backup", Ended(StepStatus.Skipped, "switched off"))
            .Add("d.retention", Ended(StepStatus.Refused, "needs preparation.backup, which did not succeed in this run") with { BlockedBy = ["preparation.backup"] })
            .Add(null, new RunEnded(RunStatus.Failed, null));

        Model(run).Attention.Select(item => item.Step.Id).ShouldBe(["d.retention"]);
    }

    [Fact]
    public void What_a_step_failed_for_is_not_told_again_as_its_finding()
    {
        var run = new Journaled().Add(null, Started("d.retention"))
            .Add("d.retention", new StepStarted("R", "change"), Raised(Severity.Critical, "implausible-share", "public.logs: 9 of 10 rows are too old.", "public.logs", "Look at the clock."),
                Raised(Severity.Critical, "implausible-share", "public.other: 8 of 10 rows are too old.", "public.other", "Look elsewhere."),
                Ended(StepStatus.Refused, "public.logs: 9 of 10 rows are too old; public.other: 8 of 10 rows are too old") with { Hint = "Look at the clock." })
            .Add(null, new RunEnded(RunStatus.Failed, null));

        // The second has a hint of its own, which nothing else tells.
        Model(run).Attention.Select(item => (item.Code, item.Findings[0].Hint)).ShouldBe([("step-refused", "Look at the clock."), ("implausible-share", "Look elsewhere.")]);
    }

    [Fact]
    public void An_undone_step_is_called_undone_wherever_its_state_is_told()
    {
        var run = new Journaled().Add(null, Started("d.retention", "d.vacuum"))
            .Add("d.retention", new StepStarted("R", "change"), new ActIntended(), Figure("rows", 10), Figure("rows", 4, look: Look.After), Ended(undo: UndoState.Available))
            .Add("d.vacuum", new StepStarted("V", "change"), Ended())
            .Add(null, new RunEnded(RunStatus.Succeeded, null))
            .Add("d.retention", new UndoIntended(), new UndoEnded(true, "back", null));

        var model = Model(run);

        model.Steps[0].Tone.ShouldBe(Tone.Quiet);
        Words.State(model.Steps[0].Step).ShouldBe("undone");
        model.NotChecked.Select(item => (item.What, item.Steps[0].Id)).ShouldBe([("undone", "d.retention")]);
    }

    [Fact]
    public void A_step_that_needs_no_way_back_says_why_and_one_that_did_nothing_says_that()
    {
        var run = new Journaled().Add(null, Started("l.rotate", "l.prune"))
            .Add("l.rotate", new StepStarted("R", "change"), new ActIntended(), new StepActed(JournalJson.ToElement(new { }), "rotated", UndoState.NotNeeded, "No line is gone."), Ended(undo: UndoState.NotNeeded))
            .Add("l.prune", new StepStarted("P", "change"), Ended(undo: UndoState.NotNeeded))
            .Add(null, new RunEnded(RunStatus.Succeeded, null));

        Model(run).Steps.Select(step => step.Undo).ShouldBe(["No line is gone.", "Nothing was changed, so there is nothing to undo."]);
    }

    [Fact]
    public void Every_recommendation_names_what_it_follows_from()
    {
        var run = new Journaled().Add(null, Started("a.one", "a.two", "preparation.backup") with { Waivers = ["alerts are ignored"] })
            .Add("a.one", new StepStarted("One", "inspect"), Raised(Severity.Warning, "disk-low", "9 % free", "/srv", "Make room on /srv."), Ended(StepStatus.Attention))
            .Add("a.two", Ended(StepStatus.Deferred, "would not end in time"))
            .Add("preparation.backup", new StepStarted("Backup", "change"), Ended());

        var advice = Model(run).Recommendations;

        advice.Select(item => item.FollowsFrom).ShouldBe(
            ["a.one, disk-low: 9 % free", "a.two deferred: would not end in time", "waived: alerts are ignored", "preparation.backup took a backup, and no step of this run restored it"]);
        advice[0].Advice.ShouldBe("Make room on /srv.");
    }

    [Fact]
    public void A_run_that_restored_nothing_says_so_of_its_backup()
    {
        var run = new Journaled().Add(null, Started("preparation.backup")).Add("preparation.backup", new StepStarted("Backup", "change"), Ended());

        var backup = Model(run).Backup;

        backup.Taken.Tone.ShouldBe(Tone.Good);
        backup.Facts.Skip(1).ShouldAllBe(fact => fact.Says.StartsWith("Not checked in this run") && fact.Tone == Tone.Quiet);
        backup.Days.ShouldBeNull();
    }

    [Fact]
    public void A_run_without_a_backup_says_so()
    {
        Model(new Journaled().Add(null, Started("a.one"))).Backup.Taken.Tone.ShouldBe(Tone.Bad);
        Model(new Journaled().Add(null, Started("preparation.backup")).Add("preparation.backup", Ended(StepStatus.Skipped, "waived"))).Backup.Taken.Says.ShouldContain("waived");
    }

    [Fact]
    public void Figures_stand_in_a_row_per_subject_with_the_largest_first()
    {
        var run = new Journaled().Add(null, Started("d.vacuum")).Add("d.vacuum", new StepStarted("V", "change"), Figure("tables", 2), Figure("dead_rows", 5, "small"),
            Figure("dead_rows", 900, "large"), Figure("dead_rows", 0, "large", Look.After), Ended());

        var tables = Model(run).Steps[0].Tables;

        tables.Count.ShouldBe(2);
        tables[0].IsWhole.ShouldBeTrue();
        tables[1].Rows.Select(row => row.Subject).ShouldBe(["large", "small"]);
        tables[1].Columns.ShouldHaveSingleItem().Compares.ShouldBeTrue();
    }

    [Fact]
    public void A_thousand_tables_become_a_readable_table_and_say_how_many_are_left_out()
    {
        var run = new Journaled().Add(null, Started("p.baseline")).Add("p.baseline", new StepStarted("B", "inspect"));
        for (var table = 0; table < 1000; table++)
            run.Add("p.baseline", Figure("rows", table, $"t{table}"));

        var section = Model(run).Steps[0];

        section.Tables.ShouldHaveSingleItem().Left.ShouldBe(1000 - MeasureTable.MostRows);
        section.Charts.ShouldHaveSingleItem().Bars[0].Subject.ShouldBe("t999");
    }

    [Fact]
    public void Percentiles_of_an_endpoint_share_a_chart()
    {
        var run = new Journaled().Add(null, Started("v.time")).Add("v.time", new StepStarted("T", "verify"));
        foreach (var percentile in new[] { "p50", "p95", "p99" })
            run.Add("v.time", Figure($"latency_{percentile}", 4, "home", unit: "ms"), Figure($"latency_{percentile}", 3, "home", Look.After, "ms"));

        var chart = Model(run).Steps[0].Charts.ShouldHaveSingleItem();

        chart.Name.ShouldBe("latency");
        chart.Compares.ShouldBeTrue();
        chart.Bars.Select(bar => bar.Subject).ShouldBe(["home p50", "home p95", "home p99"]);
    }

    [Fact]
    public void The_closing_summary_says_verdict_then_what_was_not_checked_then_what_needs_a_person_then_where_the_report_is()
    {
        var run = new Journaled().Add(null, Started("a.one", "a.two"))
            .Add("a.one", new StepStarted("One", "inspect"), Raised(Severity.Warning, "disk-low", "9 % free", "/srv", "Make room on /srv."), Ended(StepStatus.Attention))
            .Add("a.two", Ended(StepStatus.Skipped, "pg_stat_statements is not installed"))
            .Add(null, new RunEnded(RunStatus.Attention, null));

        ClosingSummary.Of(Model(run), "/srv/report.html").ShouldBe(
            """
            SceneScout, weekly-20261122: Done, and 1 thing needs a person.
            1 of 2 steps did their work, 1 skipped. 5 s, 01:30–01:30 America/Toronto.

            Not checked or not done:
              skipped   a.two: pg_stat_statements is not installed

            Needs a person:
              warning   a.one: 9 % free
                        Make room on /srv.

            Report: /srv/report.html
            """);
    }

    [Fact]
    public void No_text_of_others_can_steer_the_terminal() =>
        AnyFacts.Entries.Sample(entries => ClosingSummary.Of(ReportModel.From(entries), null)
            .ShouldAllBe(letter => letter == '\n' || (!char.IsControl(letter) && letter != '\u202e')), iter: 1000);

    [Fact]
    public void Any_sequence_of_facts_makes_a_model() =>
        AnyFacts.Entries.Sample(entries => ReportModel.From(entries).Steps.Count.ShouldBe(RunDocument.From(entries).Steps.Count), iter: 1000);
}
