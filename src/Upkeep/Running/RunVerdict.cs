using Upkeep.Journal;

namespace Upkeep.Running;

/// <summary>How a run ended, from how its steps ended. The worst for the operator wins: failed, stopped, attention, succeeded.</summary>
public static class RunVerdict
{
    /// <param name="undone">Whether the run goes without a step that was done and taken back.</param>
    public static RunStatus Of(IReadOnlyCollection<StepEnded> ends, bool refused, bool stopped, bool undone)
    {
        ArgumentNullException.ThrowIfNull(ends);
        if (refused)
            return RunStatus.Refused;
        if (ends.Any(end => end.Status is StepStatus.Failed or StepStatus.Refused))
            return RunStatus.Failed;
        if (stopped)
            return RunStatus.Stopped;
        return undone || ends.Any(end => end.Status is StepStatus.Attention or StepStatus.Deferred) ? RunStatus.Attention : RunStatus.Succeeded;
    }
}
