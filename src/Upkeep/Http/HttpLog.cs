using Microsoft.Extensions.Logging;

namespace Upkeep.Http;

/// <summary>What the door for HTTP logs, 2001 and on. Addresses come as <see cref="HttpDoor.Show"/> has them.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(2001, LogLevel.Debug, "GET {Address}: status {Status}, the whole answer after {Took}")]
    public static partial void Answered(this ILogger log, string address, int status, string took);

    [LoggerMessage(2002, LogLevel.Debug, "GET {Address}: no whole answer after {Took}")]
    public static partial void Unanswered(this ILogger log, string address, string took);
}
