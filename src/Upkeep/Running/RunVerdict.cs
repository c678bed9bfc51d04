using Upkeep.Journal;

namespace Upkeep.Running;

/// <summary>How a run ended, from how its steps ended. The worst for the operator wins: failed, stopped, attention, succeeded.</summary>
public static class RunVerdict
{
    public static RunStatus Of(IReadOnlyCollection<StepEnded> ends, bool refused, bool stopped)
    {
        ArgumentNullException.ThrowIfNull(ends);
        if (refused)
            return RunStatus.Refused;
        if (ends.Any(end => end.Status is StepStatus.Failed or StepStatus.Refused))
            return RunStatus.Failed;
        if (stopped)
            return RunStatus.Stopped;
        return ends.Any(end => end.Status is StepStatus.Attention or StepStatus.Deferred) ? RunStatus.Attention : RunStatus.Succeeded;
    }
}
