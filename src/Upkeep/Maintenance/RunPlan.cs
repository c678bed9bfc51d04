using Upkeep.Planning;

namespace Upkeep.Maintenance;

/// <summary>Where configuration, steps, history and time meet in a request to the planner; <c>plan</c> and <c>run</c> both ask here.</summary>
public static class RunPlan
{
    /// <param name="window">The window to fit into; null for a run outside any.</param>
    public static PlanRequest Request(Platform platform, StepSelection selection, RunHistory history, MaintenanceWindow? window)
    {
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(history);
        List<StepDefinition> definitions = [.. platform.Steps.Select(step => step.Definition)];
        return PlanRequest.From(platform.Configuration, definitions, platform.Doors.Time.GetUtcNow()) with { Selection = selection, Past = history.Past(definitions), Window = window };
    }
}
