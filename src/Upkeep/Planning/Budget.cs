namespace Upkeep.Planning;

/// <summary>
/// Which of the chosen steps fit into the window. Steps are admitted by importance, each if everything admitted still ends in time with it;
/// so no step is ever deferred for the sake of a less important one (docs/decisions/budget.md).
/// </summary>
internal sealed class Budget
{
    private readonly IReadOnlyList<StepChoice> _steps;
    private readonly PlanRequest _request;
    private readonly HashSet<string> _admitted = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];

    private Budget(IReadOnlyList<StepChoice> ordered, PlanRequest request)
    {
        _steps = [.. ordered.Where(choice => !choice.Skipped)];
        _request = request;
        Predictions = _steps.ToDictionary(step => step.Definition.Id, step => Predict(step, request), StringComparer.Ordinal);
        if (request.Window is { } window)
        {
            var proof = Sum(_steps.Where(step => step.Definition.RunsAfterStop));
            WorkEndsBy = window.End - (proof > request.Reserve ? proof : request.Reserve);
        }
    }

    public IReadOnlyDictionary<string, Prediction> Predictions { get; }

    /// <summary>Why a step is deferred, by id.</summary>
    public Dictionary<string, string> Deferrals { get; } = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, DateTimeOffset> Starts { get; private set; } = new Dictionary<string, DateTimeOffset>();

    public DateTimeOffset? WorkEndsBy { get; }

    public DateTimeOffset? ExpectedEnd { get; private set; }

    public IReadOnlyList<string> Warnings => _warnings;

    /// <param name="ordered">All steps in the order they would run.</param>
    public static Budget Of(IReadOnlyList<StepChoice> ordered, PlanRequest request)
    {
        var budget = new Budget(ordered, request);
        budget.Admit();
        return budget;
    }

    private void Admit()
    {
        var always = Always();
        _admitted.UnionWith(always);
        foreach (var step in ByImportance().Where(step => !always.Contains(step.Definition.Id)))
            Consider(step);
        var times = Timeline(_admitted);
        Starts = times.ToDictionary(pair => pair.Key, pair => pair.Value.Start, StringComparer.Ordinal);
        ExpectedEnd = times.Count == 0 ? null : times.Values.Max(time => time.End);
        if (_request.Window is { } window && ExpectedEnd > window.End)
            _warnings.Add($"What runs in any case would end at {Clock(ExpectedEnd.Value)}, after the window's end at {Clock(window.End)}.");
    }

    private void Consider(StepChoice step)
    {
        var id = step.Definition.Id;
        if (step.Definition.Requires.FirstOrDefault(Deferrals.ContainsKey) is { } waitingFor)
        {
            Deferrals[id] = $"it does not run without {waitingFor}, which is deferred";
            return;
        }
        _admitted.Add(id);
        if (WorkEndsBy is not { } limit || (EndOfWork(_admitted) is var end && end <= limit))
            return;
        _admitted.Remove(id);
        Deferrals[id] = $"not enough time: predicted {Amount.Duration(Predictions[id].Duration)} ({Predictions[id].Source}); with it the work would end at {Clock(end)}, and it must by {Clock(limit)}";
        if (_request.PastOf(id).TimesDeferred is > 0 and var times)
            _warnings.Add($"{id} is deferred again, for the {times + 1}. run in a row: it needs {Amount.Duration(Predictions[id].Duration)}. Widen the window, or run it alone: upkeep run --only {id}");
    }

    /// <summary>Go/no-go, proof and report, which the reserve is for, with what they require.</summary>
    private HashSet<string> Always()
    {
        var byId = _steps.ToDictionary(step => step.Definition.Id, StringComparer.Ordinal);
        var always = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(_steps.Where(step => step.Definition.IsGate || step.Definition.RunsAfterStop).Select(step => step.Definition.Id));
        while (open.TryDequeue(out var id))
        {
            if (!always.Add(id))
                continue;
            foreach (var required in byId[id].Definition.Requires.Where(byId.ContainsKey))
                open.Enqueue(required);
        }
        return always;
    }

    /// <summary>What was deferred most often first, then by priority, then as they run. What a step requires is as important as the step.</summary>
    private IEnumerable<StepChoice> ByImportance()
    {
        var ranks = _steps.ToDictionary(step => step.Definition.Id,
            step => (-_request.PastOf(step.Definition.Id).TimesDeferred, step.Definition.Priority), StringComparer.Ordinal);
        RunOrder.Inherit(_steps, ranks);
        return _steps.OrderBy(step => ranks[step.Definition.Id]);
    }

    private DateTimeOffset EndOfWork(HashSet<string> admitted)
    {
        var times = Timeline(admitted);
        return _steps.Where(step => !step.Definition.RunsAfterStop && times.ContainsKey(step.Definition.Id)).Max(step => times[step.Definition.Id].End);
    }

    /// <summary>One after the other, as the runner does it: preparation from its opening, the rest from the window's start.</summary>
    private Dictionary<string, (DateTimeOffset Start, DateTimeOffset End)> Timeline(HashSet<string> admitted)
    {
        var times = new Dictionary<string, (DateTimeOffset, DateTimeOffset)>(StringComparer.Ordinal);
        var at = Later(_request.Now, _request.Window?.PreparationOpens);
        foreach (var step in _steps.Where(step => admitted.Contains(step.Definition.Id)))
        {
            if (!step.Definition.BeforeWindow)
                at = Later(at, _request.Window?.Start);
            var end = at + Predictions[step.Definition.Id].Duration;
            times[step.Definition.Id] = (at, end);
            at = end;
        }
        return times;
    }

    private TimeSpan Sum(IEnumerable<StepChoice> steps) =>
        steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + Predictions[step.Definition.Id].Duration);

    private string Clock(DateTimeOffset instant) => instant.ToOffset(_request.Window!.End.Offset).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    private static Prediction Predict(StepChoice step, PlanRequest request)
    {
        var id = step.Definition.Id;
        if (step.Doomed)
            return new Prediction(TimeSpan.Zero, "it will be refused");
        return request.Idle.TryGetValue(id, out var look) ? new Prediction(look, "nothing to do now")
            : Prediction.Of(step.Definition, step.Deadline, request.PastOf(id).Durations, request.Work.TryGetValue(id, out var work) ? work : null);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;
}
