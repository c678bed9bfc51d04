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
            1 of 2 steps did their work, 1 skipped. 5.0 s, 01:30–01:30 America/Toronto.

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
