using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Logs.Logrotate;

namespace Upkeep.Logs.Rotation;

/// <summary>What a reader should know of logs before they are rotated.</summary>
internal static class RotateFindings
{
    public static IEnumerable<Finding> Of(LogLook look, LogrotateClaim? claim)
    {
        if (look.Problem is { } problem)
            yield return new Finding(Severity.Warning, "log-not-rotated", problem.What, look.Path, problem.Hint);
        if (look.Way == LogWay.Truncate)
        {
            yield return new Finding(Severity.Warning, "log-rotation-lossy", $"{look.Path} is copied and then cut to nothing, as configured: lines that are written at that moment are lost.", look.Path,
                "Write way: collapse (ext4 and XFS), or say how its writer opens it anew (reopen).");
        }
        if (claim is not null)
        {
            yield return new Finding(Severity.Warning, "log-rotated-twice", $"{look.Path} is rotated here, and {claim.Words}.", look.Path, claim.Place is { } place
                ? $"Leave it to one: take {claim.Pattern} out of {place}, or {look.Path} out of logs: files."
                : "If another logrotate is still run for it (cron, a timer), leave the log to one; else forget this: its state keeps what it once rotated.");
        }
    }

    public static IEnumerable<Finding> Unmatched(IEnumerable<string> patterns) =>
        patterns.Select(pattern => new Finding(Severity.Info, "log-pattern-empty", $"No log matches {pattern}.", pattern, "Mend it under logs: files if there should be one."));
}
