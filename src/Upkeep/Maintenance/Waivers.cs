using Upkeep.Configuration;
using Upkeep.Planning;

namespace Upkeep.Maintenance;

/// <summary>The protections that a run goes without, in words; they stand first in its report.</summary>
internal static class Waivers
{
    public static IReadOnlyList<string> Of(UpkeepConfiguration configuration, Plan plan, RunRequest request)
    {
        var waived = new List<string>();
        if (!configuration.Backup.Required)
            waived.Add("Changes run without a backup of this run (backup.required: false).");
        if (configuration.Alerts.AllowCritical)
            waived.Add("Open critical alerts don't stop the run (alerts.allowCritical: true).");
        if (!configuration.Retention.Archive)
            waived.Add("Removed rows are not archived and can't be put back (retention.archive: false).");
        if (!configuration.Throttle.Enabled)
            waived.Add("Work goes as fast as it can beside the users' (throttle.enabled: false).");
        if (request.IgnoreWindow)
            waived.Add("The maintenance window is ignored (--ignore-window).");
        waived.AddRange(plan.Steps.Where(step => step is { Definition.IsGate: true, Decision: PlanDecision.Skip })
            .Select(step => $"The go/no-go {step.Definition.Id} is left out ({step.Reason})."));
        return waived;
    }
}
