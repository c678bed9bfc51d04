using Upkeep.Configuration;
using Upkeep.Logs.DiskUsage;
using Upkeep.Logs.Logrotate;
using Upkeep.Logs.Pruning;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Logs;

/// <summary>The steps that work on the files of logs, in the order of a run.</summary>
public static class LogFileSteps
{
    /// <param name="past">What earlier runs saw of the room that logs take.</param>
    public static IReadOnlyList<Step> Create(LogSettings settings, ProgramDoor programs, Func<IReadOnlyList<LogSizePoint>> past, Redactor redactor, TimeProvider time)
    {
        var logrotate = LogrotateNeighbour.OfThisMachine(time);
        return
        [
            new RotateStep(settings, new LogRotation(programs, logrotate, time), logrotate, redactor),
            new LogPruneStep(settings, new LogPruner(time), redactor),
            new DiskUsageStep(settings, past, redactor, time),
        ];
    }
}
