using Upkeep.Journal;
using Upkeep.Reports;
using Upkeep.Reports.Html;
using Upkeep.Reports.Markdown;
using Upkeep.Testing.Reports;
using static Upkeep.Testing.Reports.Journaled;

namespace Upkeep.Tests.Reports;

/// <summary>What the report tells of backups, and of figures over time.</summary>
public sealed class BackupReportTests
{
    private static readonly DateTimeOffset _at = new(2026, 11, 22, 6, 31, 0, TimeSpan.Zero);

    private static Journaled Proven() => new Journaled().Add(null, Started("preparation.backup", "backups.restore-test", "backups.presence"))
        .Add("preparation.backup", new StepStarted("Backup", "change"), Ended())
        .Add("backups.restore-test", new StepStarted("Restore", "verify"), Figure("recovery_seconds", 41.2, look: Look.After, unit: "seconds"), Ended(reason: null))
        .Add("backups.presence", new StepStarted("Presence", "verify"), Figure("days_expected", 2, unit: "count"), Figure("days_with_backup", 1, unit: "count"),
            Figure("backups", 0, "2026-11-21", unit: "count"), Figure("backups", 1, "2026-11-22", unit: "count"), Figure("proof_age", 60, "pre-maintenance-20261122", unit: "seconds"), Ended(StepStatus.Attention));

    [Fact]
    public void A_proven_restore_is_told_with_its_time_to_recover_and_the_days_with_theirs()
    {
        var model = ReportModel.From(Proven().Entries);

        model.Backup.Restored.Says.ShouldBe("all is well. Recovery took 41.2 s.");
        model.Backup.Proven.Says.ShouldStartWith("pre-maintenance-20261122 was proven to restore, 1 min before");
        model.KeyFigures.Select(figure => $"{figure.Label}: {figure.Value}").ShouldContain("Recovers in: 41.2 s");
        model.KeyFigures.Select(figure => $"{figure.Label}: {figure.Value}").ShouldContain("Days with a backup: 1 / 2");
        var markdown = MarkdownReport.Render(model);
        markdown.ShouldContain("- **Last proven**: pre-maintenance-20261122");
        markdown.ShouldContain("| Sat 2026-11-21 | none |");
        markdown.ShouldContain("| Sun 2026-11-22 | 1 |");
    }

    [Fact]
    public void A_restore_that_failed_or_was_skipped_recovers_in_no_time_at_all()
    {
        foreach (var status in new[] { StepStatus.Failed, StepStatus.Skipped, StepStatus.Deferred })
        {
            var run = new Journaled().Add(null, Started("backups.restore-test"))
                .Add("backups.restore-test", new StepStarted("Restore", "verify"), Figure("recovery_seconds", 41.2, look: Look.After, unit: "seconds"), Ended(status, "pg_restore ended with status 1"));

            var model = ReportModel.From(run.Entries);

            model.KeyFigures.ShouldNotContain(figure => figure.Label == "Recovers in");
            model.Backup.Restored.Tone.ShouldBe(status == StepStatus.Failed ? Tone.Bad : Tone.Quiet);
            model.Backup.Restored.Says.ShouldContain("pg_restore ended with status 1");
        }
    }

    [Fact]
    public void A_platform_without_any_proof_is_told_so()
    {
        var run = new Journaled().Add(null, Started("backups.presence")).Add("backups.presence", new StepStarted("Presence", "verify"), Ended(StepStatus.Attention));

        ReportModel.From(run.Entries).Backup.Proven.ShouldSatisfyAllConditions(fact => fact.Tone.ShouldBe(Tone.Attention), fact => fact.Says.ShouldBe("No backup was ever proven to restore."));
    }

    [Fact]
    public void Figures_of_one_thing_at_several_times_are_a_line_and_no_table_or_bar()
    {
        var run = new Journaled().Add(null, Started("a.one")).Add("a.one", new StepStarted("One", "inspect"),
            Figure("size", 5, DatedSubject.Of(_at, "nightly")), Figure("size", 4, DatedSubject.Of(_at.AddDays(-1), "nightly")), Figure("size", 9, DatedSubject.Of(_at, "own backups")),
            Figure("size", 4, DatedSubject.Of(_at.AddDays(-1), "nightly" + DatedSubject.Trend)), Figure("size", 6, DatedSubject.Of(_at.AddDays(9), "nightly" + DatedSubject.Trend)), Figure("free", 7), Ended());

        var section = ReportModel.From(run.Entries).Steps[0];

        var chart = section.Lines.ShouldHaveSingleItem();
        chart.Series.Select(line => (line.Label, line.IsTrend, line.Points.Count)).ShouldBe([("nightly", false, 2), ("nightly, trend", true, 2), ("own backups", false, 1)]);
        chart.Series[0].Points.Select(point => point.Value).ShouldBe([4, 5]);
        section.Charts.ShouldBeEmpty();
        section.Tables.ShouldHaveSingleItem().IsWhole.ShouldBeTrue();
    }

    [Fact]
    public async Task Thousands_of_figures_over_time_still_make_a_small_report_with_the_newest()
    {
        var run = new Journaled().Add(null, Started("a.one")).Add("a.one", new StepStarted("One", "inspect"));
        for (var series = 0; series < 6; series++)
        {
            for (var at = 0; at < 1000; at++)
                run.Add("a.one", Figure("size", at, DatedSubject.Of(_at.AddHours(at), $"folder {series}"), unit: "bytes"));
        }
        run.Add("a.one", Ended());

        var html = await HtmlReport.RenderAsync(ReportModel.From(run.Entries));

        html.Length.ShouldBeLessThan(200_000);
        html.ShouldContain("and 2 more in run.json");
        html.ShouldContain("999 B");
    }

    [Theory]
    [InlineData("2026-11-22T06:31:00Z own backups", true)]
    [InlineData("2026-11-22T06:31:00Z ", false)]
    [InlineData("2026-13-22T06:31:00Z own", false)]
    [InlineData("2026-11-22 06:31:00Z own", false)]
    [InlineData("public.events", false)]
    [InlineData(null, false)]
    public void Only_what_begins_with_an_instant_is_dated(string? subject, bool dated) => DatedSubject.Instant(subject).HasValue.ShouldBe(dated);
}
