using System.Globalization;
using Npgsql;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;

namespace Upkeep.Checking;

/// <summary>The database server: its version, and what our role may see and do there.</summary>
internal static class ServerRequirements
{
    private const int OldestVersion = 13;
    private const int Named = 5;

    /// <returns>The requirements; a blocking one among them means that nothing else of the database can be looked at.</returns>
    public static async Task<IReadOnlyList<Requirement>> LookAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            var server = (await connection.QueryAsync(Sql.File("Checking/server.sql"), Server.Read, cancellationToken))[0];
            var found = new List<Requirement> { Version(server), Primary(server) };
            if (found.Any(each => each.State == RequirementState.Blocking))
                return found;
            found.Add(Statistics(server));
            found.Add(await StatementsAsync(connection, server, cancellationToken));
            found.Add(Maintenance(server, await TableCatalog.TablesAsync(database, cancellationToken)));
            return found;
        }
        catch (DatabaseUnreachableException problem)
        {
            return [Requirement.Blocking("database", problem.Message, problem.Hint) with { IsMistake = problem.IsMistake }];
        }
    }

    /// <summary>Why no maintenance is possible on this server at all, or null where it is: too old, or a standby.</summary>
    /// <exception cref="DatabaseUnreachableException">There is no session to be had.</exception>
    public static async Task<Requirement?> BlockingAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        var server = (await database.QueryAsync(Sql.File("Checking/server.sql"), Server.Read, cancellationToken))[0];
        return new[] { Version(server), Primary(server) }.FirstOrDefault(requirement => requirement.State == RequirementState.Blocking);
    }

    private static Requirement Version(Server server) => server.Number / 10_000 >= OldestVersion
        ? Requirement.Met("database", $"PostgreSQL {server.Version}, reached as {server.Role}")
        : Requirement.Blocking("database", $"PostgreSQL {server.Version} is too old", $"Upkeep needs version {OldestVersion} or newer.");

    private static Requirement Primary(Server server) => server.InRecovery
        ? Requirement.Blocking("database role", "The server is a standby: nothing can be changed there", "Name the primary in database.url; with several hosts add target_session_attrs=read-write.")
        : Requirement.Met("database role", "The server is a primary");

    private static Requirement Statistics(Server server) => server.SeesStatistics
        ? Requirement.Met("statistics", $"{server.Role} sees the activity of all sessions")
        : Requirement.Missing("statistics", $"{server.Role} sees only its own sessions' activity", $"Issue: GRANT pg_monitor TO {Sql.Identifier(server.Role)}",
            "preparation.baseline", "preparation.readiness", "performance.connections", "performance.locks", "verification.database");

    private static async Task<Requirement> StatementsAsync(NpgsqlConnection connection, Server server, CancellationToken cancellationToken)
    {
        string[] costs = ["preparation.baseline", "verification.database"];
        if (server.StatementsSchema is not { } schema)
        {
            return Requirement.Missing("pg_stat_statements", "The extension isn't in this database",
                "Add pg_stat_statements to shared_preload_libraries, restart the server, and issue: CREATE EXTENSION pg_stat_statements", costs);
        }
        try
        {
            await connection.ScalarAsync<int>($"select 1 from {Sql.Identifier(schema)}.pg_stat_statements limit 1", cancellationToken);
            return Requirement.Met("pg_stat_statements", "Statement statistics are kept");
        }
        catch (PostgresException problem)
        {
            return Requirement.Missing("pg_stat_statements", $"It can't be read: {problem.MessageText}",
                problem.SqlState == PostgresErrorCodes.InsufficientPrivilege
                    ? $"Issue: GRANT USAGE ON SCHEMA {Sql.Identifier(schema)} TO {Sql.Identifier(server.Role)}"
                    : "Add pg_stat_statements to shared_preload_libraries and restart the server.", costs);
        }
    }

    private static Requirement Maintenance(Server server, IReadOnlyList<TableState> tables)
    {
        var foreign = tables.Where(table => !table.CanMaintain).ToList();
        if (foreign.Count == 0)
            return Requirement.Met("maintenance rights", string.Create(CultureInfo.InvariantCulture, $"{server.Role} may vacuum and analyze all {tables.Count} tables"));
        var names = string.Join(", ", foreign.Take(Named).Select(table => table.Table));
        var more = foreign.Count > Named ? string.Create(CultureInfo.InvariantCulture, $" and {foreign.Count - Named} more") : "";
        return Requirement.Missing("maintenance rights", string.Create(CultureInfo.InvariantCulture, $"{server.Role} may not vacuum or analyze {foreign.Count} of {tables.Count} tables: {names}{more}"),
            server.Number >= 170_000
                ? $"Issue: GRANT pg_maintain TO {Sql.Identifier(server.Role)}"
                : $"Issue: GRANT \"OWNER\" TO {Sql.Identifier(server.Role)}, where OWNER is who owns them (\\dt in psql), or connect as the owner (before version 17 there is no right of its own for it).",
            "database.vacuum", "database.analyze");
    }

    private sealed record Server(int Number, string Version, bool InRecovery, string Role, bool SeesStatistics, string? StatementsSchema)
    {
        public static Server Read(NpgsqlDataReader reader) => new(reader.GetInt32(0), reader.GetString(1), reader.GetBoolean(2), reader.GetString(3),
            reader.GetBoolean(4), reader.IsDBNull(5) ? null : reader.GetString(5));
    }
}
