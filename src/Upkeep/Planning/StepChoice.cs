using Upkeep.Configuration;

namespace Upkeep.Planning;

/// <summary>Whether a step is in the run at all, and why.</summary>
internal sealed record StepChoice
{
    private const string Backup = "preparation.backup";
    private const string Report = "report";

    /// <summary>With the configuration's priority and this run's requirements.</summary>
    public required StepDefinition Definition { get; init; }

    public required TimeSpan Deadline { get; init; }

    public required bool Skipped { get; init; }

    public string? Reason { get; init; }

    /// <summary>Something it requires is not in the run, so the runner will refuse it.</summary>
    public bool Doomed { get; init; }

    public string? Warning { get; init; }

    /// <summary>One choice for each step, in the same order.</summary>
    public static IReadOnlyList<StepChoice> Of(PlanRequest request)
    {
        var steps = request.Steps.Select(step => Effective(step, request)).ToDictionary(step => step.Id, StringComparer.Ordinal);
        var pulledIn = PulledIn(steps, request);
        var choices = request.Steps.Select(step => Choose(steps[step.Id], request, pulledIn)).ToDictionary(choice => choice.Definition.Id, StringComparer.Ordinal);
        return [.. request.Steps.Select(step => WithRefusal(choices[step.Id], choices))];
    }

    private static StepDefinition Effective(StepDefinition step, PlanRequest request)
    {
        // The rule stands here once, not in every slice: nothing is changed without this run's backup, unless that is waived.
        // Preparation comes before the backup, and what proves and tells comes whatever happened.
        var needsBackup = request.BackupRequired && step is { Kind: StepKind.Change, RunsAfterStop: false, Procedure: not "preparation" };
        var others = step.Requires.Where(id => id != Backup || step.Kind != StepKind.Change);
        return step with
        {
            Requires = needsBackup ? [Backup, .. others] : [.. others],
            Priority = request.Settings.GetValueOrDefault(step.Id)?.Priority ?? step.Priority,
        };
    }

    private static Dictionary<string, string> PulledIn(Dictionary<string, StepDefinition> steps, PlanRequest request)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        var asked = steps.Values.Where(step => request.Selection.Asks(step) && LeftOut(step, request) is null).ToList();
        foreach (var step in steps.Values.Where(step => !request.Selection.Asks(step)))
        {
            if (step.IsGate)
                reasons[step.Id] = "not asked for; every run has its go/no-go";
            else if (step.Procedure == Report)
                reasons[step.Id] = "not asked for; every run has its report";
        }
        var open = new Queue<StepDefinition>(asked.Concat(reasons.Keys.Select(id => steps[id])));
        while (open.TryDequeue(out var step))
        {
            if (LeftOut(step, request) is not null)
                continue;
            foreach (var required in step.Requires.Where(steps.ContainsKey).Select(id => steps[id]).Where(required => !request.Selection.Asks(required)))
            {
                if (reasons.TryAdd(required.Id, $"not asked for; needed by {step.Id}"))
                    open.Enqueue(required);
            }
        }
        return reasons;
    }

    private static StepChoice Choose(StepDefinition step, PlanRequest request, Dictionary<string, string> pulledIn)
    {
        var leftOut = LeftOut(step, request);
        var pulled = pulledIn.GetValueOrDefault(step.Id);
        var skipped = leftOut ?? (request.Selection.Asks(step) || pulled is not null ? null : $"not asked for (--only {string.Join(',', request.Selection.Only)})");
        return new StepChoice
        {
            Definition = step,
            Deadline = request.Settings.GetValueOrDefault(step.Id)?.Deadline ?? step.Deadline,
            Skipped = skipped is not null,
            Reason = skipped ?? pulled,
            Warning = leftOut is not null && step.IsGate ? $"{step.Id}, a go/no-go of every run, is left out: {leftOut}." : null,
        };
    }

    private static StepChoice WithRefusal(StepChoice choice, Dictionary<string, StepChoice> choices)
    {
        if (choice.Skipped || Missing(choice.Definition, choices, []) is not { } missing)
            return choice;
        var why = choices.GetValueOrDefault(missing)?.Reason ?? "this upkeep has no such step";
        return choice with
        {
            Doomed = true,
            Reason = $"will be refused: it does not run without {missing} ({why})",
            Warning = $"{choice.Definition.Id} will be refused: it does not run without {missing} ({why}).",
        };
    }

    /// <summary>The step, required directly or by way of others, that is not in the run; null where all are.</summary>
    private static string? Missing(StepDefinition step, Dictionary<string, StepChoice> choices, HashSet<string> seen)
    {
        foreach (var id in step.Requires.Where(seen.Add))
        {
            if (!choices.TryGetValue(id, out var required) || required.Skipped)
                return id;
            if (Missing(required.Definition, choices, seen) is { } deeper)
                return deeper;
        }
        return null;
    }

    private static string? LeftOut(StepDefinition step, PlanRequest request) =>
        request.Selection.SkippedAs(step) is { } asked ? $"--skip {asked}"
        : request.Settings.GetValueOrDefault(step.Id) is StepSettings { Enabled: false } ? $"switched off: steps: {step.Id}: enabled: false"
        : null;
}
