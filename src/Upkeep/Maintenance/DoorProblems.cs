using Npgsql;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>Puts into words what the doors let through from below.</summary>
internal static class DoorProblems
{
    private const string Resume = "upkeep run --resume";

    // ENOSPC and EDQUOT.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    /// <summary>What happened and what to do about it; null for what was not foreseen.</summary>
    /// <param name="database">Told to forget its sessions where the server has ended them.</param>
    public static Problem? Explain(Exception problem, DatabaseDoor database)
    {
        switch (problem)
        {
            case PostgresException server when IsLoss(server):
                database.ForgetSessions();
                return new Problem($"the server ended our session: {server.MessageText} ({server.SqlState})", $"It was restarted, or someone ended the session. Once it is up again: {Resume}");
            case PostgresException server:
                return Explain(server);
            case NpgsqlException lost:
                database.ForgetSessions();
                return new Problem($"the connection to the database was lost: {(lost.InnerException ?? lost).Message}", $"Look at the server's log. Once it is up again: {Resume}");
            case IOException { HResult: NoSpace or QuotaExceeded } full:
                return new Problem($"there is no room left on the disk: {full.Message}", $"Nothing was removed that isn't safe elsewhere. Make room, then: {Resume}");
            case UnauthorizedAccessException denied:
                return new Problem($"a file or folder is closed to us: {denied.Message}", $"Give the user {Environment.UserName} the right to it, then: {Resume}");
            default:
                return null;
        }
    }

    // Class 57P: the server is shutting down, crashed, or told our backend to end; 08: the connection itself.
    private static bool IsLoss(PostgresException server) =>
        server.SqlState.StartsWith("57P", StringComparison.Ordinal) || server.SqlState.StartsWith("08", StringComparison.Ordinal);

    private static Problem Explain(PostgresException server) => server.SqlState switch
    {
        PostgresErrorCodes.QueryCanceled => new Problem($"a statement was cancelled: {server.MessageText}",
            $"Where it was too slow, raise database.statementTimeout; else see who cancelled it. Then: {Resume}"),
        PostgresErrorCodes.LockNotAvailable => new Problem($"a lock was not to be had within the lock budget: {server.MessageText}",
            $"Someone holds it (see pg_locks), and nobody is made to queue behind us. Later: {Resume}"),
        PostgresErrorCodes.InsufficientPrivilege => new Problem($"a right is missing: {server.MessageText}",
            $"upkeep check names the rights that are missing and the steps they cost. Then: {Resume}"),
        PostgresErrorCodes.DiskFull => new Problem($"the database server has no room left on its disk: {server.MessageText}", $"Make room there, then: {Resume}"),
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn => new Problem($"something is gone: {server.MessageText}",
            $"Was it dropped or renamed meanwhile? Mend the configuration if it names it, then: {Resume}"),
        _ => new Problem($"the database refused: {server.MessageText} ({server.SqlState})", $"The server's log has the statement. Then: {Resume}"),
    };
}
