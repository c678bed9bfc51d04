using Upkeep.Configuration;
using Upkeep.Planning;

namespace Upkeep.Tests.Planning;

public sealed class PlannerTests
{
    private static readonly DateTimeOffset BeforePreparation = WindowCalendarTests.At("2026-11-22T00:00Z");

    [Fact]
    public void All_steps_run_in_the_order_of_the_catalogue()
    {
        var plan = Planner.Plan(Request());

        plan.Steps.Select(step => step.Definition.Id).ShouldBe(Catalogue.Select(step => step.Id));
        plan.Steps.ShouldAllBe(step => step.Decision == PlanDecision.Run && step.Reason == null);
        plan.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Only_one_procedure_brings_its_backup_its_go_or_no_go_and_its_report()
    {
        var plan = Planner.Plan(Request() with { Selection = new StepSelection(["database"], []) });

        Reasons(plan, PlanDecision.Run).ShouldBe(
        [
            ("preparation.readiness", "not asked for; every run has its go/no-go"),
            ("preparation.backup", "not asked for; needed by database.retention"),
            ("database.retention", null),
            ("database.vacuum", null),
            ("report.summary", "not asked for; every run has its report"),
        ]);
        Reasons(plan, PlanDecision.Skip).ShouldBe(
        [
            ("preparation.health", "not asked for (--only database)"),
            ("performance.locks", "not asked for (--only database)"),
            ("verification.health", "not asked for (--only database)"),
        ]);
    }

    [Fact]
    public void What_reads_only_needs_no_backup()
    {
        var plan = Planner.Plan(Request() with { Selection = new StepSelection(["performance.locks"], []) });

        Step(plan, "preparation.backup").Decision.ShouldBe(PlanDecision.Skip);
        Step(plan, "performance.locks").Decision.ShouldBe(PlanDecision.Run);
    }

    [Fact]
    public void A_required_step_skipped_on_purpose_leaves_its_dependents_to_be_refused_and_the_plan_says_so()
    {
        var plan = Planner.Plan(Request() with { Selection = new StepSelection([], ["preparation.backup"]) });

        Step(plan, "preparation.backup").Reason.ShouldBe("--skip preparation.backup");
        var vacuum = Step(plan, "database.vacuum");
        vacuum.Decision.ShouldBe(PlanDecision.Run);
        vacuum.Reason.ShouldBe("will be refused: it does not run without preparation.backup (--skip preparation.backup)");
        plan.Warnings.ShouldContain("database.vacuum will be refused: it does not run without preparation.backup (--skip preparation.backup).");
    }

    [Fact]
    public void A_waived_backup_is_required_by_nothing()
    {
        var plan = Planner.Plan(Request() with { BackupRequired = false, Selection = new StepSelection(["database"], []) });

        Step(plan, "preparation.backup").Decision.ShouldBe(PlanDecision.Skip);
        Step(plan, "database.vacuum").Definition.Requires.ShouldBeEmpty();
        Step(plan, "database.vacuum").Reason.ShouldBeNull();
    }

    [Fact]
    public void No_change_is_planned_without_the_backup_even_where_the_step_forgot_to_require_it()
    {
        Planner.Plan(Request()).Steps.Where(step => step.Definition.Kind == StepKind.Change && step.Definition.Procedure == "database")
            .ShouldAllBe(step => step.Definition.Requires.Contains("preparation.backup"));
        Catalogue.Single(step => step.Id == "database.vacuum").Requires.ShouldBeEmpty("else this test shows nothing");
    }

    [Fact]
    public void A_go_or_no_go_left_out_on_purpose_is_a_warning()
    {
        var plan = Planner.Plan(Request() with { Selection = new StepSelection([], ["preparation.readiness"]) });

        plan.Warnings.ShouldBe(["preparation.readiness, a go/no-go of every run, is left out: --skip preparation.readiness."]);
    }

    [Fact]
    public void Settings_switch_a_step_off_and_give_it_another_deadline_and_priority()
    {
        var plan = Planner.Plan(Request() with
        {
            Settings = new Dictionary<string, StepSettings>
            {
                ["performance.locks"] = new() { Enabled = false },
                ["database.vacuum"] = new() { Deadline = TimeSpan.FromMinutes(5), Priority = 2 },
            },
        });

        Step(plan, "performance.locks").Reason.ShouldBe("switched off: steps: performance.locks: enabled: false");
        Step(plan, "database.vacuum").Deadline.ShouldBe(TimeSpan.FromMinutes(5));
        Step(plan, "database.vacuum").Definition.Priority.ShouldBe(2);
        Step(plan, "database.vacuum").PredictionSource.ShouldBe("its deadline; no history: 20 min assumed says 20 min");
    }

    [Fact]
    public void An_unknown_id_is_found_before_anything_is_planned()
    {
        var selection = new StepSelection(["databse", "database.vacuum"], ["report", "nothing.here"]);

        selection.Unknown(Catalogue).ShouldBe([new UnknownStep("databse", "database"), new UnknownStep("nothing.here", null)]);
        Should.Throw<ArgumentException>(() => Planner.Plan(Request() with { Selection = selection })).Message.ShouldContain("databse, nothing.here");
    }

    [Fact]
    public void Preparation_counts_from_its_opening_and_the_rest_from_the_windows_start()
    {
        var plan = Planner.Plan(Request() with { Past = Took(("preparation.backup", 10), ("database.retention", 30)) });

        Step(plan, "preparation.health").ExpectedStart.ShouldBe(plan.Window!.PreparationOpens);
        Step(plan, "database.retention").ExpectedStart.ShouldBe(plan.Window.Start);
        Step(plan, "database.vacuum").ExpectedStart.ShouldBe(plan.Window.Start.AddMinutes(30));
    }

    [Fact]
    public void The_least_important_step_is_deferred_when_the_window_is_too_short()
    {
        var plan = Planner.Plan(Request() with { Past = Took(("database.retention", 120), ("database.vacuum", 100)) });

        plan.WorkEndsBy.ShouldBe(plan.Window!.End.AddMinutes(-30));
        Step(plan, "database.retention").Decision.ShouldBe(PlanDecision.Defer);
        Step(plan, "database.retention").Reason.ShouldBe(
            "not enough time: predicted 2 h (90th percentile of 1 run); with it the work would end at 05:42, and it must by 05:30");
        Step(plan, "database.vacuum").Decision.ShouldBe(PlanDecision.Run);
        Step(plan, "verification.health").Decision.ShouldBe(PlanDecision.Run);
    }

    [Fact]
    public void What_was_deferred_comes_first_and_before_more_important_work()
    {
        var past = Took(("database.retention", 120), ("database.vacuum", 100));
        past["database.retention"] = past["database.retention"] with { TimesDeferred = 1 };
        past["performance.locks"] = new StepPast([], 2);

        var plan = Planner.Plan(Request() with { Past = past });

        plan.Steps.Select(step => step.Definition.Id).ShouldBe(
            ["preparation.health", "preparation.readiness", "preparation.backup", "performance.locks", "database.retention", "database.vacuum", "verification.health", "report.summary"]);
        Step(plan, "database.vacuum").Decision.ShouldBe(PlanDecision.Defer);
        Step(plan, "database.retention").Decision.ShouldBe(PlanDecision.Run);
    }

    [Fact]
    public void What_is_only_worth_it_after_another_step_stays_behind_it_however_long_it_has_waited()
    {
        var request = Request();
        var past = Took(("database.vacuum", 5));
        past["database.vacuum"] = past["database.vacuum"] with { TimesDeferred = 3 };
        var steps = request.Steps.Select(step => step.Id == "database.vacuum" ? step with { After = ["database.retention"] } : step).ToList();

        var order = Planner.Plan(request with { Steps = steps, Past = past }).Steps.Select(step => step.Definition.Id).ToList();

        order.IndexOf("database.vacuum").ShouldBe(order.IndexOf("database.retention") + 1);
    }

    [Fact]
    public void A_step_too_long_for_any_window_keeps_nothing_else_out_and_is_complained_about()
    {
        var past = Took(("database.retention", 600));
        past["database.retention"] = past["database.retention"] with { TimesDeferred = 3 };

        var plan = Planner.Plan(Request() with { Past = past, Settings = new Dictionary<string, StepSettings> { ["database.retention"] = new() { Deadline = TimeSpan.FromHours(12) } } });

        plan.Steps.Where(step => step.Decision == PlanDecision.Defer).Select(step => step.Definition.Id).ShouldBe(["database.retention"]);
        plan.Warnings.Single().ShouldBe("database.retention is deferred again, for the 4. run in a row: it needs 10 h. Widen the window, or run it alone: upkeep run --only database.retention");
    }

    [Fact]
    public void A_deferred_backup_defers_every_change()
    {
        var plan = Planner.Plan(Request() with { Now = WindowCalendarTests.At("2026-11-22T05:00Z"), Past = Took(("preparation.backup", 40)) });

        Step(plan, "preparation.backup").Decision.ShouldBe(PlanDecision.Defer);
        Step(plan, "database.vacuum").Reason.ShouldBe("it does not run without preparation.backup, which is deferred");
        Step(plan, "performance.locks").Decision.ShouldBe(PlanDecision.Run);
    }

    [Fact]
    public void Without_a_window_nothing_is_deferred()
    {
        var plan = Planner.Plan(Request() with { Window = null, Past = Took(("database.retention", 600)) });

        plan.Steps.ShouldAllBe(step => step.Decision == PlanDecision.Run);
        plan.WorkEndsBy.ShouldBeNull();
    }

    [Fact]
    public void Steps_that_require_each_other_are_a_mistake_that_is_named()
    {
        StepDefinition[] circle = [New("a.one", requires: "a.two"), New("a.two", requires: "a.one")];

        Should.Throw<InvalidOperationException>(() => Planner.Plan(Request() with { Steps = circle })).Message.ShouldContain("a.one, a.two");
    }

    internal static StepDefinition[] Catalogue { get; } =
    [
        New("preparation.health") with { BeforeWindow = true },
        New("preparation.readiness") with { BeforeWindow = true, IsGate = true },
        New("preparation.backup", StepKind.Change) with { BeforeWindow = true, Priority = 1 },
        New("database.retention", StepKind.Change) with { Priority = 6 },
        New("database.vacuum", StepKind.Change) with { Priority = 3 },
        New("performance.locks"),
        New("verification.health", StepKind.Verify) with { RunsAfterStop = true },
        New("report.summary") with { RunsAfterStop = true },
    ];

    internal static StepDefinition New(string id, StepKind kind = StepKind.Inspect, string? requires = null) =>
        new() { Id = id, Title = id, Kind = kind, Requires = requires is null ? [] : [requires], Deadline = TimeSpan.FromHours(3) };

    private static PlanRequest Request() => new()
    {
        Steps = Catalogue, Now = BeforePreparation, Reserve = TimeSpan.FromMinutes(30),
        Window = WindowCalendarTests.Calendar("UTC").Next(BeforePreparation, 1)[0],
    };

    private static Dictionary<string, StepPast> Took(params (string Id, int Minutes)[] steps) =>
        steps.ToDictionary(step => step.Id, step => new StepPast([new PastDuration(TimeSpan.FromMinutes(step.Minutes), null)], 0));

    private static PlannedStep Step(Plan plan, string id) => plan.Steps.Single(step => step.Definition.Id == id);

    private static List<(string, string?)> Reasons(Plan plan, PlanDecision decision) =>
        [.. plan.Steps.Where(step => step.Decision == decision).Select(step => (step.Definition.Id, step.Reason))];
}
