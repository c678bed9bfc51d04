using Npgsql;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Backups.Physical;

/// <summary>What a server must allow for pg_basebackup to copy it.</summary>
public static class BaseBackupRights
{
    /// <returns>All that is missing, each with how to mend it; empty where a copy can be made.</returns>
    public static async Task<IReadOnlyList<Problem>> LackingAsync(DatabaseDoor database, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(connection);
        var server = (await connection.QueryAsync(Sql.File("Backups/Physical/replication.sql"), row => new Server(
            row.GetString(0), row.GetBoolean(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4), row.GetInt64(5), row.IsDBNull(6) ? null : row.GetString(6)), cancellationToken))[0];
        var role = Sql.Identifier(server.Role);
        Problem?[] lacking =
        [
            server.MayReplicate ? null : new Problem($"Role {role} may not copy the server's files: it has no REPLICATION.", $"Issue as a superuser: ALTER ROLE {role} REPLICATION"),
            server.WalLevel != "minimal" ? null : new Problem("wal_level is minimal, so the server's log can't bring a copy to a consistent state.",
                "Issue: ALTER SYSTEM SET wal_level = replica, and restart the server."),
            server.Senders >= 2 ? null : new Problem($"max_wal_senders is {server.Senders}; a copy needs two: one for the files, one for the log.",
                "Issue: ALTER SYSTEM SET max_wal_senders = 10, and restart the server."),
            server.Slots > server.SlotsUsed ? null : new Problem($"All {server.Slots} replication slots (max_replication_slots) are taken; a copy needs a temporary one.",
                "Issue: ALTER SYSTEM SET max_replication_slots = 20, and restart the server; or drop a slot that nobody uses (pg_replication_slots)."),
        ];
        var found = lacking.OfType<Problem>().ToList();
        // Only a server that would let the role copy can say whether its host may.
        if (found.Count == 0 && await NotLetInAsync(database, role, server.Address, cancellationToken) is { } closed)
            found.Add(closed);
        return found;
    }

    private static async Task<Problem?> NotLetInAsync(DatabaseDoor database, string role, string? address, CancellationToken cancellationToken)
    {
        try
        {
            await database.TryReplicationAsync(cancellationToken);
            return null;
        }
        catch (PostgresException problem) when (problem.SqlState is PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidPassword)
        {
            return new Problem($"The server lets {role} in, but not for replication: {problem.MessageText}",
                $"Add to pg_hba.conf: {(address is null ? "local" : "host")} replication {role} {(address is null ? "" : address + " ")}scram-sha-256, then issue: SELECT pg_reload_conf()");
        }
        catch (PostgresException problem)
        {
            return new Problem($"The server gives {role} no replication session: {problem.MessageText}",
                problem.SqlState == PostgresErrorCodes.TooManyConnections
                    ? "All max_wal_senders are taken. Issue: ALTER SYSTEM SET max_wal_senders = 20, and restart the server."
                    : "Look at the server's log.");
        }
    }

    /// <param name="Address">Ours as the server sees it, with its prefix length; null on a socket.</param>
    private sealed record Server(string Role, bool MayReplicate, string WalLevel, int Senders, int Slots, long SlotsUsed, string? Address);
}
