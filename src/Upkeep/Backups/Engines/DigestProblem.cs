using Npgsql;
using Upkeep.Postgres.Digests;
using Upkeep.Running;

namespace Upkeep.Backups.Engines;

/// <summary>A table that can't be digested, told as what keeps a backup from being made.</summary>
internal static class DigestProblem
{
    public static Problem Of(DigestException unread) => new($"{unread.Table.Name} can't be read: {unread.Cause.MessageText}", unread.Cause.SqlState switch
    {
        PostgresErrorCodes.LockNotAvailable => "Somebody held the table locked. Wait for them to end, then: upkeep run --resume",
        PostgresErrorCodes.UndefinedTable => "It was dropped while the backup began. Run again: upkeep run --resume",
        PostgresErrorCodes.InsufficientPrivilege => $"Issue: GRANT SELECT ON {unread.Table.Name.Quoted} TO the role of database.url, then: upkeep run --resume",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
            "The server was stopped, or this session ended by somebody. When the database is back: upkeep run --resume",
        _ => "Look at the server's log: if the table is damaged, no backup can be made of it until it is mended.",
    });
}
