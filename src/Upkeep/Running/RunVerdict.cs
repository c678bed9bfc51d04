using Upkeep.Journal;

namespace Upkeep.Running;

/// <summary>How a run ended, from how its steps ended. The worst for the operator wins: failed, stopped, attention, succeeded.</summary>
public static class RunVerdict
{
    /// <param name="undone">Whether the run goes without a step that was done and taken back.</param>
    /// <param name="warned">Whether a step that ended without a look has told something for a person.</param>
    public static RunStatus Of(IReadOnlyCollection<StepEnded> ends, bool refused, bool stopped, bool undone, bool warned)
    {
        ArgumentNullException.ThrowIfNull(ends);
        if (refused)
            return RunStatus.Refused;
        if (ends.Any(end => end.Status is StepStatus.Failed or StepStatus.Refused))
            return RunStatus.Failed;
        if (stopped)
            return RunStatus.Stopped;
        return undone || warned || ends.Any(end => end.Status is StepStatus.Attention or StepStatus.Deferred) ? RunStatus.Attention : RunStatus.Succeeded;
    }
}
