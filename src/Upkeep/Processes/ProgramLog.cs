using Microsoft.Extensions.Logging;

namespace Upkeep.Processes;

/// <summary>What the door for programs logs, 1001 and on. Variables of the environment are never among it.</summary>
internal static partial class ProgramLog
{
    [LoggerMessage(1001, LogLevel.Debug, "{Program} begins: {Arguments}")]
    public static partial void Began(this ILogger log, string program, string arguments);

    [LoggerMessage(1002, LogLevel.Debug, "{Program} ended with status {Status} after {Took}")]
    public static partial void Ended(this ILogger log, string program, int status, string took);
}
