using CsCheck;
using Upkeep.Configuration;
using Upkeep.Planning;

namespace Upkeep.Tests.Planning;

/// <summary>What holds for any catalogue, any selection, any history, any window.</summary>
public sealed class PlannerPropertyTests
{
    private static readonly Gen<PlanRequest> AnyRequest =
        from count in Gen.Int[1, 14]
        from steps in AnyStep.Array[count]
        from requires in Gen.Int[0, 60].Array[count]
        from skipped in Gen.Int[0, 20].List[0, 2]
        from only in Gen.Int[0, 20].List[0, 2]
        from windowed in Gen.Int[0, 9]
        from now in Gen.Int[-120, 270]
        from reserve in Gen.Int[0, 60]
        from waived in Gen.Bool
        select Make(steps, requires, skipped, only, windowed > 0, now, reserve, waived);

    private static Gen<(StepKind Kind, int Phase, int Priority, int Minutes, int Deferred)> AnyStep =>
        Gen.Select(Gen.Int[0, 2].Select(kind => (StepKind)kind), Gen.Int[0, 9], Gen.Int[1, 9], Gen.Int[1, 150], Gen.Int[0, 5]);

    [Fact]
    public void Every_step_is_in_the_plan_once_and_none_is_left_out_without_a_reason() => Sample((request, plan) =>
    {
        plan.Steps.Select(step => step.Definition.Id).Order().ShouldBe(request.Steps.Select(step => step.Id).Order());
        plan.Steps.Where(step => step.Decision != PlanDecision.Run).ShouldAllBe(step => !string.IsNullOrEmpty(step.Reason) && step.ExpectedStart == null);
        plan.Steps.Where(step => step.Decision != PlanDecision.Skip).ShouldAllBe(step => step.Predicted != null && step.PredictionSource != null);
    });

    [Fact]
    public void A_step_comes_after_all_it_requires() => Sample((_, plan) =>
    {
        var place = plan.Steps.Select((step, index) => (step.Definition.Id, index)).ToDictionary(pair => pair.Id, pair => pair.index);
        foreach (var step in plan.Steps)
            step.Definition.Requires.Where(place.ContainsKey).ShouldAllBe(id => place[id] < place[step.Definition.Id]);
    });

    [Fact]
    public void The_same_request_gives_the_same_plan() => Sample((request, plan) => Text(Planner.Plan(request)).ShouldBe(Text(plan)));

    [Fact]
    public void Run_as_predicted_no_deferrable_step_ends_too_late() => Sample((request, plan) =>
    {
        var at = Later(request.Now, request.Window?.PreparationOpens);
        var always = Always(plan);
        foreach (var step in plan.Steps.Where(step => step.Decision == PlanDecision.Run))
        {
            if (!step.Definition.BeforeWindow)
                at = Later(at, request.Window?.Start);
            step.ExpectedStart.ShouldBe(at);
            at += step.Predicted!.Value;
            if (request.Window is { } window && !always.Contains(step.Definition.Id))
                at.ShouldBeLessThanOrEqualTo(window.End - request.Reserve, step.ToString());
        }
        if (plan.ExpectedEnd is { } end)
            end.ShouldBe(at);
        if (request.Window is { } limit && at > limit.End)
            plan.Warnings.ShouldContain(warning => warning.StartsWith("What runs in any case", StringComparison.Ordinal));
    });

    [Fact]
    public void No_step_is_deferred_for_the_sake_of_a_less_important_one() => Sample((request, plan) =>
    {
        var importance = Importance(request, plan);
        var always = Always(plan);
        foreach (var deferred in plan.Steps.Where(step => step.Decision == PlanDecision.Defer && step.Reason!.StartsWith("not enough", StringComparison.Ordinal)))
        {
            var id = deferred.Definition.Id;
            var others = plan.Steps.Where(step => step.Decision == PlanDecision.Run && (always.Contains(step.Definition.Id) || Before(step, deferred))).Select(step => step.Definition.Id);
            EndOfWork(request, plan, [.. others, id]).ShouldBeGreaterThan(plan.WorkEndsBy!.Value, $"{id} would have fitted with only what is more important");
        }

        bool Before(PlannedStep one, PlannedStep other) => importance[one.Definition.Id].CompareTo(importance[other.Definition.Id]) is var order
            && (order < 0 || (order == 0 && IndexOf(plan, one) < IndexOf(plan, other)));
    });

    [Fact]
    public void Nothing_that_would_still_fit_is_deferred() => Sample((request, plan) =>
    {
        var running = plan.Steps.Where(step => step.Decision == PlanDecision.Run).Select(step => step.Definition.Id).ToHashSet();
        foreach (var deferred in plan.Steps.Where(step => step.Decision == PlanDecision.Defer && step.Definition.Requires.All(running.Contains)))
            EndOfWork(request, plan, [.. running, deferred.Definition.Id]).ShouldBeGreaterThan(plan.WorkEndsBy!.Value, deferred.Definition.Id);
    });

    [Fact]
    public void A_step_that_fits_alone_is_not_deferred_for_ever() =>
        // Ten steps of which a window holds about four, week after week.
        Gen.Select(Gen.Int[20, 150], Gen.Int[1, 9]).Array[10].Sample(steps =>
        {
            var definitions = steps.Select((step, index) => PlannerTests.New($"work.step{index}") with { Priority = step.Item2 }).ToArray();
            var deferred = definitions.ToDictionary(step => step.Id, _ => 0);
            for (var week = 0; week < 30; week++)
            {
                var plan = Planner.Plan(new PlanRequest
                {
                    Steps = definitions, Now = WindowCalendarTests.At("2026-11-22T00:00Z"), Reserve = TimeSpan.FromMinutes(30),
                    Window = WindowCalendarTests.Calendar("UTC").Next(WindowCalendarTests.At("2026-11-22T00:00Z"), 1)[0],
                    Past = definitions.Select((step, index) => (step.Id, Past: new StepPast([new PastDuration(TimeSpan.FromMinutes(steps[index].Item1), null)], deferred[step.Id])))
                        .ToDictionary(pair => pair.Id, pair => pair.Past),
                });
                foreach (var step in plan.Steps)
                    deferred[step.Definition.Id] = step.Decision == PlanDecision.Defer ? deferred[step.Definition.Id] + 1 : 0;
                deferred.Values.Max().ShouldBeLessThanOrEqualTo(9);
            }
        }, iter: 100);

    private static void Sample(Action<PlanRequest, Plan> check) => AnyRequest.Sample(request => check(request, Planner.Plan(request)), iter: 1_000);

    private static PlanRequest Make((StepKind Kind, int Phase, int Priority, int Minutes, int Deferred)[] steps, int[] requires, List<int> skipped, List<int> only,
        bool windowed, int now, int reserve, bool waived)
    {
        // Requirements point backwards and forwards in the catalogue, but never in a circle: from a higher number to a lower one of a shuffle.
        var definitions = steps.Select((step, index) => new StepDefinition
        {
            Id = Id(index, step.Phase), Title = "", Kind = step.Kind, Priority = step.Priority, BeforeWindow = step.Phase <= 1, IsGate = step.Phase == 0,
            RunsAfterStop = step.Phase >= 8, Deadline = TimeSpan.FromDays(1),
            Requires = Enumerable.Range(0, steps.Length).Where(other => Number(other) < Number(index) && requires[index] % (other + 3) == 1).Select(other => Id(other, steps[other].Phase)).ToList(),
        }).ToArray();
        var start = WindowCalendarTests.At("2026-11-22T00:00Z");
        return new PlanRequest
        {
            Steps = definitions, BackupRequired = !waived, Reserve = TimeSpan.FromMinutes(reserve), Now = start.AddMinutes(now),
            Window = windowed ? WindowCalendarTests.Calendar("UTC", "23:30", "00:00", "05:00").Next(start, 1)[0] : null,
            Selection = new StepSelection([.. only.Where(index => index < steps.Length).Select(index => definitions[index].Id)], [.. skipped.Where(index => index < steps.Length).Select(index => definitions[index].Id)]),
            Past = steps.Select((step, index) => (definitions[index].Id, new StepPast([new PastDuration(TimeSpan.FromMinutes(step.Minutes), null)], Math.Max(0, step.Deferred - 3)))).ToDictionary(),
        };

        int Number(int index) => index == 4 ? -1 : index * 7 % 17;
    }

    // One of them is the backup that every change requires.
    private static string Id(int index, int phase) => index == 4 ? "preparation.backup" : $"{(phase >= 9 ? "report" : "work")}.step{index}";

    private static HashSet<string> Always(Plan plan)
    {
        var byId = plan.Steps.ToDictionary(step => step.Definition.Id);
        var always = new HashSet<string>();
        void Add(PlannedStep step)
        {
            if (step.Decision != PlanDecision.Skip && always.Add(step.Definition.Id))
                step.Definition.Requires.Where(byId.ContainsKey).ToList().ForEach(id => Add(byId[id]));
        }
        plan.Steps.Where(step => step.Definition.IsGate || step.Definition.RunsAfterStop).ToList().ForEach(Add);
        return always;
    }

    private static Dictionary<string, (int, int)> Importance(PlanRequest request, Plan plan)
    {
        var own = plan.Steps.ToDictionary(step => step.Definition.Id, step => (-request.PastOf(step.Definition.Id).TimesDeferred, step.Definition.Priority));
        // Latest first, so that whoever waits has its final value before it is handed on.
        foreach (var step in plan.Steps.Reverse().Where(step => step.Decision != PlanDecision.Skip))
        {
            foreach (var id in step.Definition.Requires.Where(own.ContainsKey))
                own[id] = own[id].CompareTo(own[step.Definition.Id]) <= 0 ? own[id] : own[step.Definition.Id];
        }
        return own;
    }

    private static DateTimeOffset EndOfWork(PlanRequest request, Plan plan, HashSet<string> running)
    {
        var at = Later(request.Now, request.Window?.PreparationOpens);
        var end = at;
        foreach (var step in plan.Steps.Where(step => running.Contains(step.Definition.Id)))
        {
            if (!step.Definition.BeforeWindow)
                at = Later(at, request.Window?.Start);
            at += step.Predicted!.Value;
            if (!step.Definition.RunsAfterStop)
                end = at;
        }
        return end;
    }

    private static string Text(Plan plan) => string.Join('\n', plan.Steps.Select(step => step with { Definition = step.Definition with { Requires = [] } }).Select(step => step.ToString()).Concat(plan.Warnings));

    private static int IndexOf(Plan plan, PlannedStep step) => plan.Steps.TakeWhile(other => other != step).Count();

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;
}
