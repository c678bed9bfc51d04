using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Reports;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>What a step's check said of the work, without doing any.</summary>
public enum LookVerdict
{
    /// <summary>Not asked: it proves or tells what was done, or isn't to run.</summary>
    NotAsked,

    /// <summary>An inspection: it looked, and that is all it does.</summary>
    Looked,

    /// <summary>There is something to do.</summary>
    Due,

    NothingToDo,

    /// <summary>It can't or is not to look.</summary>
    Skipped,

    /// <summary>It would not go on: a guard, or a go/no-go condition.</summary>
    Refused,

    Failed,
}

/// <summary>A plan with what each step's check saw now; the predictions are scaled to it.</summary>
/// <param name="Looks">What each check saw, by step id; steps that were not asked are missing.</param>
public sealed record LookedPlan(Plan Plan, IReadOnlyDictionary<string, StepDocument> Looks)
{
    /// <summary>Plans, looks through what is to run, and plans again with the work that was seen.</summary>
    public static async Task<LookedPlan> MakeAsync(PlanRequest request, Platform platform, StopSignal stop, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(platform);
        var asked = Planner.Plan(request).Steps.Where(step => step.Decision != PlanDecision.Skip).Select(step => step.Definition.Id).ToHashSet(StringComparer.Ordinal);
        await KnockAsync(platform, cancellationToken);
        var looks = await new FirstLook(platform).LookAsync([.. platform.Steps.Where(step => asked.Contains(step.Definition.Id))], stop, cancellationToken);
        var seen = request.Steps.Where(step => looks.ContainsKey(step.Id)).ToList();
        return new LookedPlan(Planner.Plan(request with
        {
            Work = seen.Select(step => (step.Id, Work: RunHistory.WorkOf(step, looks[step.Id]))).Where(pair => pair.Work is not null)
                .ToDictionary(pair => pair.Id, pair => pair.Work!.Value, StringComparer.Ordinal),
            Idle = seen.Where(step => VerdictOf(step, looks[step.Id]) is LookVerdict.NothingToDo or LookVerdict.Skipped)
                .ToDictionary(step => step.Id, step => TimeSpan.FromMilliseconds(looks[step.Id].DurationMs ?? 0), StringComparer.Ordinal),
        }), looks);
    }

    // One login before procedures look side by side: where the server doesn't let us in, the door knows it from then on.
    private static async Task KnockAsync(Platform platform, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await platform.Doors.Database.OpenAsync(cancellationToken);
        }
        catch (DatabaseUnreachableException)
        {
            // Each step that needs it says so.
        }
    }

    /// <summary>Whether a run would be refused as things are now: a go/no-go condition says no.</summary>
    public bool IsNoGo => Plan.Steps.Any(step => step.Definition.IsGate && VerdictOf(step.Definition) == LookVerdict.Refused);

    /// <summary>What the step's check said.</summary>
    public LookVerdict VerdictOf(StepDefinition step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Looks.TryGetValue(step.Id, out var seen) ? VerdictOf(step, seen) : LookVerdict.NotAsked;
    }

    private static LookVerdict VerdictOf(StepDefinition step, StepDocument seen) => seen.Status switch
    {
        // A dry run ends a step that has something to do as skipped, after its look; one that skips itself has not looked.
        StepStatus.Skipped => seen.Looked is null ? LookVerdict.Skipped : LookVerdict.Due,
        StepStatus.Succeeded or StepStatus.Attention => step.Kind == StepKind.Change ? LookVerdict.NothingToDo : LookVerdict.Looked,
        StepStatus.Refused => LookVerdict.Refused,
        _ => LookVerdict.Failed,
    };
}
