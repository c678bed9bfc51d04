using System.Text.Json;
using CsCheck;
using Upkeep.Journal;
using Upkeep.Reports;
using Upkeep.Testing.Reports;
using static Upkeep.Testing.Reports.Journaled;

namespace Upkeep.Tests.Reports;

public sealed class RunDocumentTests
{
    private const string Vacuum = "database.vacuum";

    [Fact]
    public void The_document_has_the_members_of_the_contract()
    {
        var run = new Journaled().Add(null, Started(Vacuum))
            .Add(Vacuum, new StepStarted("Dead rows reclaimed", "change"), Surveyed("1 table"), Figure("dead_rows", 120000, "public.events"), new ActIntended(),
                Acted(UndoState.None), Figure("dead_rows", 0, "public.events", Look.After),
                Raised(Severity.Warning, "table-locked", "public.venues was locked", "public.venues"),
                new ArtifactWritten(new Artifact("database/vacuum.csv", "text/csv", new string('b', 64), 12)), Ended(StepStatus.Attention))
            .Add(null, new RunEnded(RunStatus.Attention, null));

        using var json = JsonDocument.Parse(RunDocument.From(run.Entries).ToJson());

        var root = json.RootElement;
        root.GetProperty("schema").GetInt32().ShouldBe(1);
        root.GetProperty("run").GetString().ShouldBe(Run);
        root.GetProperty("status").GetString().ShouldBe("attention");
        root.GetProperty("platform").GetString().ShouldBe("SceneScout");
        root.GetProperty("startedAt").GetString().ShouldBe("2026-11-22T06:30:00Z");
        root.GetProperty("finishedAt").GetString().ShouldBe("2026-11-22T06:30:10Z");
        root.GetProperty("window").GetProperty("start").GetString().ShouldBe("2026-11-22T07:00:00Z");
        root.GetProperty("window").GetProperty("timeZone").GetString().ShouldBe("America/Toronto");
        var step = root.GetProperty("steps")[0];
        step.GetProperty("id").GetString().ShouldBe(Vacuum);
        step.GetProperty("procedure").GetString().ShouldBe("database");
        step.GetProperty("title").GetString().ShouldBe("Dead rows reclaimed");
        step.GetProperty("kind").GetString().ShouldBe("change");
        step.GetProperty("status").GetString().ShouldBe("attention");
        step.TryGetProperty("reason", out _).ShouldBeFalse();
        step.GetProperty("durationMs").GetInt64().ShouldBe(8000);
        step.GetProperty("undo").GetString().ShouldBe("none");
        step.GetProperty("measures")[0].ToString().ShouldBe(
            """
            {
                      "name": "dead_rows",
                      "unit": "rows",
                      "before": 120000,
                      "after": 0,
                      "subject": "public.events"
                    }
            """);
        step.GetProperty("findings")[0].GetProperty("severity").GetString().ShouldBe("warning");
        step.GetProperty("artifacts")[0].GetProperty("path").GetString().ShouldBe("database/vacuum.csv");
    }

    [Fact]
    public void Steps_stand_in_the_order_of_the_plan_whatever_the_order_of_facts()
    {
        var run = new Journaled().Add(null, Started("a.one", "a.two", "a.three"))
            .Add("a.three", new StepStarted("Three", "inspect"), Ended())
            .Add("z.unplanned", Ended(StepStatus.Skipped, "not asked for"))
            .Add("a.one", new StepStarted("One", "inspect"), Ended());

        RunDocument.From(run.Entries).Steps.Select(step => step.Id).ShouldBe(["a.one", "a.two", "a.three", "z.unplanned"]);
    }

    [Fact]
    public void A_step_that_was_never_begun_is_deferred_and_says_so()
    {
        var run = new Journaled().Add(null, Started("a.one")).Add(null, new RunEnded(RunStatus.Stopped, "interrupted"));

        var step = RunDocument.From(run.Entries).Steps.ShouldHaveSingleItem();

        step.Status.ShouldBe(StepStatus.Deferred);
        step.Reason.ShouldBe("not begun before the run ended");
    }

    [Fact]
    public void A_step_tried_again_from_its_check_says_only_what_the_last_attempt_saw()
    {
        var run = new Journaled().Add(null, Started(Vacuum))
            .Add(Vacuum, new StepStarted("V", "change"), Figure("dead_rows", 9, "gone"), Raised(Severity.Critical, "old", "mended since"), Ended(StepStatus.Failed, "no"))
            .Add(null, new RunResumed(1, "db1", "a failed step"))
            .Add(Vacuum, new StepStarted("V", "change"), Figure("dead_rows", 3, "here"), Ended());

        var step = RunDocument.From(run.Entries).Steps.ShouldHaveSingleItem();

        step.Measures.ShouldHaveSingleItem().Subject.ShouldBe("here");
        step.Findings.ShouldBeEmpty();
        step.Attempts.ShouldBe(2);
    }

    [Fact]
    public void An_act_that_was_gone_on_with_keeps_the_figures_of_its_check()
    {
        var run = new Journaled().Add(null, Started(Vacuum))
            .Add(Vacuum, new StepStarted("V", "change"), Surveyed("9 rows"), Figure("dead_rows", 9, "t"), new ActIntended(), Raised(Severity.Warning, "locked", "t is locked"),
                Figure("dead_rows", 8, "t", Look.After))
            .Add(null, new RunResumed(1, "db1", "SIGKILL"))
            .Add(Vacuum, new StepStarted("V", "change"), new ActIntended(), Acted(), Figure("dead_rows", 0, "t", Look.After), Ended());

        var step = RunDocument.From(run.Entries).Steps.ShouldHaveSingleItem();

        step.Measures.ShouldHaveSingleItem().ShouldBe(new MeasureDocument { Name = "dead_rows", Unit = "rows", Subject = "t", Before = 9, After = 0 });
        step.Findings.ShouldBeEmpty();
        step.Looked.ShouldBe("9 rows");
    }

    [Fact]
    public void Undo_is_available_after_an_act_that_was_killed_between_checkpoints()
    {
        var run = new Journaled().Add(null, Started(Vacuum))
            .Add(Vacuum, new StepStarted("V", "change"), Surveyed("x"), new ActIntended(), new CheckpointReached(JournalJson.ToElement(new { rows = 5 })));

        RunDocument.From(run.Entries).Steps.ShouldHaveSingleItem().Undo.ShouldBe(UndoState.Available);
    }

    [Fact]
    public void A_run_whose_every_change_was_undone_is_rolled_back_and_one_with_a_change_left_is_not()
    {
        var run = new Journaled().Add(null, Started("a.one", "a.two"))
            .Add("a.one", new StepStarted("One", "change"), new ActIntended(), Acted(), Ended(undo: UndoState.Available))
            .Add("a.two", new StepStarted("Two", "change"), new ActIntended(), Acted(), Ended(undo: UndoState.Available))
            .Add(null, new RunEnded(RunStatus.Succeeded, null))
            .Add("a.one", new UndoIntended(), new UndoEnded(true, "all rows back", null));
        RunDocument.From(run.Entries).Status.ShouldBe(RunStatus.Succeeded);

        run.Add("a.two", new UndoIntended(), new UndoEnded(true, "all rows back", null));

        var document = RunDocument.From(run.Entries);
        document.Status.ShouldBe(RunStatus.RolledBack);
        document.Steps.ShouldAllBe(step => step.Undo == UndoState.Applied);
    }

    [Fact]
    public void An_undo_that_could_not_be_proven_is_not_applied()
    {
        var run = new Journaled().Add(null, Started("a.one"))
            .Add("a.one", new StepStarted("One", "change"), new ActIntended(), Acted(), Ended(undo: UndoState.Available), new UndoIntended(), new UndoEnded(false, "2 rows missing", null));

        RunDocument.From(run.Entries).Steps.ShouldHaveSingleItem().Undo.ShouldBe(UndoState.Available);
    }

    [Fact]
    public void A_resumed_run_is_running_until_it_ends_again()
    {
        var run = new Journaled().Add(null, Started("a.one"), new RunEnded(RunStatus.Stopped, "Ctrl-C"), new RunResumed(1, "db1", "Ctrl-C"));

        var document = RunDocument.From(run.Entries);

        document.Status.ShouldBe(RunStatus.Running);
        document.FinishedAt.ShouldBeNull();
    }

    [Fact]
    public void A_figure_that_is_no_number_is_left_out()
    {
        var run = new Journaled().Add(null, Started("a.one")).Add("a.one", new StepStarted("One", "inspect"), Figure("share", double.NaN), Ended());

        RunDocument.From(run.Entries).Steps[0].Measures.ShouldHaveSingleItem().Before.ShouldBeNull();
    }

    [Fact]
    public void No_facts_are_no_run() => Should.Throw<ArgumentException>(() => RunDocument.From([]));

    [Fact]
    public void Any_sequence_of_facts_folds_and_its_json_reads_back_the_same() =>
        AnyFacts.Entries.Sample(entries =>
        {
            var json = RunDocument.From(entries).ToJson();
            RunDocument.Parse(json).ToJson().ShouldBe(json);
        }, iter: 2000);

    [Fact]
    public void Whatever_happens_each_planned_step_is_told_exactly_once() =>
        AnyFacts.Entries.Sample(entries =>
        {
            var ids = RunDocument.From(entries).Steps.Select(step => step.Id).ToList();
            ids.Distinct().Count().ShouldBe(ids.Count);
            ids.ToHashSet().SetEquals(entries.Select(entry => entry.Step).OfType<string>()
                .Concat(entries.Select(entry => entry.Fact).OfType<RunStarted>().Take(1).SelectMany(started => started.Steps.Select(step => step.Id)))).ShouldBeTrue();
        }, iter: 2000);
}
