using Upkeep.Configuration;
using Upkeep.Planning;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>Where configuration, steps, history and time meet in a request to the planner; <c>plan</c> and <c>run</c> both ask here.</summary>
public static class RunPlan
{
    /// <param name="window">The window to fit into; null for a run outside any.</param>
    public static PlanRequest Request(UpkeepConfiguration configuration, IReadOnlyList<Step> steps, StepSelection selection, RunHistory history,
        DateTimeOffset now, MaintenanceWindow? window)
    {
        ArgumentNullException.ThrowIfNull(history);
        List<StepDefinition> definitions = [.. steps.Select(step => step.Definition)];
        return PlanRequest.From(configuration, definitions, now) with { Selection = selection, Past = history.Past(definitions), Window = window };
    }
}
