using Upkeep.Configuration;
using Upkeep.Logs.DiskUsage;
using Upkeep.Logs.ErrorPatterns;
using Upkeep.Logs.Logrotate;
using Upkeep.Logs.Pruning;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Logs;

/// <summary>What earlier runs tell of logs, asked for when it is needed.</summary>
/// <param name="Patterns">Their errors, the newest run first.</param>
/// <param name="Sizes">The room that they took.</param>
public sealed record LogPast(Func<IReadOnlyList<ErrorPatternsSurvey>> Patterns, Func<IReadOnlyList<LogSizePoint>> Sizes);

/// <summary>The steps that work on logs, in the order of a run.</summary>
public static class LogSteps
{
    public static IReadOnlyList<Step> Create(UpkeepConfiguration configuration, ProgramDoor programs, LogPast past, Redactor redactor, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(past);
        var (settings, logrotate) = (configuration.Logs, LogrotateNeighbour.OfThisMachine(time));
        return
        [
            // Before the rotation, so that it reads whole logs.
            new ErrorPatternsStep(configuration, past.Patterns, redactor, time),
            new RotateStep(settings, new LogRotation(programs, logrotate, time), logrotate, redactor),
            new LogPruneStep(settings, new LogPruner(logrotate, time), redactor),
            new DiskUsageStep(settings, past.Sizes, redactor, time),
        ];
    }
}
