using Npgsql;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Backups.Physical;

/// <summary>What a server must do for pgBackRest to have a backup of it.</summary>
internal static class RestRights
{
    /// <param name="info">What the repository knows of the stanza.</param>
    /// <returns>All that is missing, each with how to mend it.</returns>
    public static async Task<IReadOnlyList<Problem>> LackingAsync(NpgsqlConnection connection, RestInfo info, CancellationToken cancellationToken)
    {
        var server = (await connection.QueryAsync(Sql.File("Backups/Physical/archiving.sql"), row => (
            Mode: row.GetString(0), Command: row.GetString(1), MaySwitch: row.GetBoolean(2), Timeout: row.GetInt32(3), Failing: row.IsDBNull(4) ? null : row.GetString(4),
            System: (ulong)row.GetInt64(5), Role: row.GetString(6)), cancellationToken))[0];
        Problem?[] lacking =
        [
            info.Databases[^1].SystemId == server.System ? null : new Problem(
                $"The stanza {info.Name} stands for another server (system {info.Databases[^1].SystemId}; this one is {server.System}).",
                "Name this server's stanza under backup: pgbackrest: stanza; after an upgrade of the server: pgbackrest stanza-upgrade."),
            server.Mode != "off" ? null : new Problem("archive_mode is off, so pgBackRest gets none of the server's log.",
                "Issue: ALTER SYSTEM SET archive_mode = on, and restart the server."),
            server.Mode == "off" || server.Command.Contains("pgbackrest", StringComparison.Ordinal) ? null : new Problem($"archive_command doesn't call pgbackrest: {(server.Command.Length == 0 ? "it is empty" : server.Command)}",
                $"Issue: ALTER SYSTEM SET archive_command = 'pgbackrest --stanza={info.Name} archive-push %p', then SELECT pg_reload_conf()"),
            server.Failing is null ? null : new Problem($"The server fails to archive its log, last {server.Failing}.", "See the server's log for what pgbackrest says, and mend that first."),
            server.MaySwitch || server.Timeout > 0 ? null : new Problem("The role may not end a segment of log (pg_switch_wal) and archive_timeout is off, so the end of a backup may not be archived for hours.",
                $"Issue as a superuser: GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {Sql.Identifier(server.Role)}"),
        ];
        return [.. lacking.OfType<Problem>()];
    }
}
