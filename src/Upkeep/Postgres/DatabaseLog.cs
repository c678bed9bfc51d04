using Microsoft.Extensions.Logging;

namespace Upkeep.Postgres;

/// <summary>What the door for SQL logs, 3001 and on. The statements themselves are logged by Npgsql, without their parameters.</summary>
internal static partial class DatabaseLog
{
    [LoggerMessage(3001, LogLevel.Debug, "session {ProcessId} of its own open to {Database} at {Host} as {Label}")]
    public static partial void OwnSessionOpened(this ILogger log, int processId, string database, string? host, string label);

    [LoggerMessage(3002, LogLevel.Debug, "no session to {Database} at {Host}: {Why}")]
    public static partial void NoSession(this ILogger log, string? database, string? host, string why);

    [LoggerMessage(3003, LogLevel.Debug, "idle sessions to {Database} dropped: each would fail its next user")]
    public static partial void SessionsDropped(this ILogger log, string? database);
}
