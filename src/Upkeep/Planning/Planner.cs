namespace Upkeep.Planning;

/// <summary>Decides what runs, in which order, and whether it fits. Pure: the same request gives the same plan.</summary>
public static class Planner
{
    /// <summary>Makes the plan; every step of the request is in it, with the reason where it isn't to run.</summary>
    public static Plan Plan(PlanRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var unknown = request.Selection.Unknown(request.Steps);
        if (unknown.Count > 0)
            throw new ArgumentException($"No step or procedure is called {string.Join(", ", unknown.Select(one => one.Id))}.", nameof(request));

        var choices = StepChoice.Of(request);
        var ordered = RunOrder.Of(choices, id => request.PastOf(id).TimesDeferred);
        var budget = Budget.Of(ordered, request);
        return new Plan([.. ordered.Select(choice => Planned(choice, request, budget))])
        {
            Window = request.Window,
            WorkEndsBy = budget.WorkEndsBy,
            ExpectedEnd = budget.ExpectedEnd,
            Warnings = [.. choices.Select(choice => choice.Warning).OfType<string>(), .. budget.Warnings],
        };
    }

    private static PlannedStep Planned(StepChoice choice, PlanRequest request, Budget budget)
    {
        var id = choice.Definition.Id;
        var deferral = budget.Deferrals.GetValueOrDefault(id);
        var decision = choice.Skipped ? PlanDecision.Skip : deferral is null ? PlanDecision.Run : PlanDecision.Defer;
        var prediction = choice.Skipped ? null : budget.Predictions[id];
        return new PlannedStep(choice.Definition, decision, deferral ?? choice.Reason, prediction?.Duration, choice.Deadline)
        {
            PredictionSource = prediction?.Source,
            ExpectedStart = budget.Starts.TryGetValue(id, out var start) ? start : null,
            TimesDeferred = request.PastOf(id).TimesDeferred,
        };
    }
}
