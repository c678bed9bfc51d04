using System.Globalization;
using Npgsql;
using Upkeep.Backups.Engines;
using Upkeep.Configuration;
using Upkeep.Maintenance;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Preparation.Readiness;

namespace Upkeep.Checking;

/// <summary>What the configuration asks of the database: rules, queries, and a backup of all of it.</summary>
internal static class DatabaseRequirements
{
    public static async Task<IReadOnlyList<Requirement>> LookAsync(UpkeepConfiguration configuration, Doors doors, CancellationToken cancellationToken)
    {
        var found = new List<Requirement>(await ServerRequirements.LookAsync(doors.Database, cancellationToken));
        if (found.Any(each => each.State == RequirementState.Blocking))
            return found;
        await using var connection = await doors.Database.OpenAsync(cancellationToken);
        // Nothing here changes anything, whatever a query or a condition of the configuration holds. Going back to the pool resets it.
        await connection.ExecuteAsync("set default_transaction_read_only = on", cancellationToken);
        found.AddRange(await BackupAsync(configuration.Backup, doors, connection, cancellationToken));
        found.Add(await RoomAsync(configuration, doors, cancellationToken));
        foreach (var rule in configuration.Retention.Rules)
            found.Add(await RuleRequirements.LookAsync(connection, rule, "database.retention", cancellationToken));
        foreach (var rule in configuration.Sessions.Rules)
            found.Add(await RuleRequirements.LookAsync(connection, rule, "database.sessions", cancellationToken));
        found.Add(await QueryAsync(connection, "readiness.activeUsersQuery", configuration.Readiness.ActiveUsersQuery, "active users", "preparation.readiness", cancellationToken));
        found.Add(await QueryAsync(connection, "health.queueDepthQuery", configuration.Health.QueueDepthQuery, "entries in the queue", "preparation.health", cancellationToken));
        return found;
    }

    private static async Task<IReadOnlyList<Requirement>> BackupAsync(BackupSettings settings, Doors doors, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        string[] costs = settings.Required
            ? ["preparation.backup", "database.retention", "database.sessions", "database.vacuum", "database.analyze"]
            : ["preparation.backup"];
        var engine = await BackupEngines.Of(settings.Engine, doors.Database, doors.Programs, settings, doors.Time).FindAsync(connection, cancellationToken);
        return engine.Lacking.Count == 0
            ? [Requirement.Met("backup", $"{string.Join(", ", engine.Tools.Select(tool => $"{tool.Key} {tool.Value}"))}; the role may read everything")]
            : [.. engine.Lacking.Select(lacking => Requirement.Missing("backup", lacking.What, lacking.Hint!, costs))];
    }

    // The run's own go or no-go, so that both say the same.
    private static async Task<Requirement> RoomAsync(UpkeepConfiguration configuration, Doors doors, CancellationToken cancellationToken)
    {
        var disk = await ReadinessStep.DiskAsync(configuration, doors.Database, (await DatabaseState.ReadAsync(doors.Database, cancellationToken)).Bytes, cancellationToken);
        return disk.Verdict switch
        {
            Verdict.NoGo => Requirement.Blocking("room", disk.Message, disk.Hint!),
            Verdict.NotChecked => Requirement.Missing("room", $"Not checked: {disk.Message}", disk.Hint ?? "Give our role the right to know the database's size: GRANT pg_read_all_stats", "preparation.readiness"),
            _ => Requirement.Met("room", disk.Message),
        };
    }

    private static async Task<Requirement> QueryAsync(NpgsqlConnection connection, string key, string? query, string counts, string step, CancellationToken cancellationToken)
    {
        if (query is null)
            return Requirement.Met(key, $"Not configured: the run doesn't count {counts}");
        try
        {
            return await connection.ScalarAsync<object>(query, cancellationToken) is IConvertible number and not string and not DateTime and not bool
                ? Requirement.Met(key, string.Create(CultureInfo.InvariantCulture, $"{number} {counts} now"))
                : Requirement.Missing(key, "The query yields no number", "Write a query for one number, for example select count(*) from schema.table.", step);
        }
        catch (PostgresException problem)
        {
            return Requirement.Missing(key, $"The query failed: {problem.MessageText}",
                "Write every table with its schema (the search path is empty), and see that our role may read it.", step);
        }
    }
}
