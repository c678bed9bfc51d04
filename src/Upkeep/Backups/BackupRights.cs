using System.Globalization;
using Npgsql;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Backups;

/// <summary>Whether the role may read everything that a full backup holds.</summary>
public static class BackupRights
{
    private const int Named = 5;

    /// <returns>Null where it may; else what it may not read, and the statements that would mend it.</returns>
    public static async Task<Problem?> LackingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var lacking = await connection.QueryAsync(Sql.File("Backups/unreadable.sql"), row => (
            Name: new TableName(row.GetString(0), row.GetString(1)), IsSequence: row.GetString(2) == "S",
            NoSchema: row.GetBoolean(3), NoSelect: row.GetBoolean(4), RowsHidden: row.GetBoolean(5)), cancellationToken);
        if (lacking.Count == 0)
            return null;
        var role = Sql.Identifier((await connection.ScalarAsync<string>("select current_user::text", cancellationToken))!);
        string[] grants =
        [
            .. lacking.Where(one => one.NoSchema).Select(one => $"GRANT USAGE ON SCHEMA {Sql.Identifier(one.Name.Schema)} TO {role}").Distinct(),
            .. lacking.Where(one => one.NoSelect).Select(one => $"GRANT SELECT ON {(one.IsSequence ? "SEQUENCE " : "")}{one.Name.Quoted} TO {role}"),
            .. lacking.Any(one => one.RowsHidden) ? [$"ALTER ROLE {role} BYPASSRLS"] : Array.Empty<string>(),
        ];
        var names = string.Join(", ", lacking.Take(Named).Select(one => $"{one.Name}{(one.NoSelect || one.NoSchema ? "" : " (row-level security hides rows)")}"));
        var more = lacking.Count > Named ? string.Create(CultureInfo.InvariantCulture, $" and {lacking.Count - Named} more") : "";
        var all = connection.PostgreSqlVersion.Major >= 14 && lacking.Any(one => one.NoSelect || one.NoSchema) ? $"GRANT pg_read_all_data TO {role}; or one by one: " : "";
        var rest = grants.Length > 2 * Named ? string.Create(CultureInfo.InvariantCulture, $"; and {grants.Length - 2 * Named} more of the kind") : "";
        return new Problem(
            $"Role {role} may not read {names}{more}, so a full backup can't be made.",
            $"Issue: {all}{string.Join("; ", grants.Take(2 * Named))}{rest}");
    }
}
