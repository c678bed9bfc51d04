using Npgsql;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Rollback.Full;

/// <summary>Whether our role may make a second database beside the live one and swap them.</summary>
internal static class RollbackRights
{
    /// <param name="connection">A session in the live database.</param>
    /// <returns>Null where it may; else all that it lacks, with the statements that mend it.</returns>
    public static async Task<Problem?> LackingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var mine = (await connection.QueryAsync(Sql.File("Rollback/Full/rights.sql"), row => (
            Role: row.GetString(0), Superuser: row.GetBoolean(1), Creates: row.GetBoolean(2), Owns: row.GetBoolean(3), Signals: row.GetBoolean(4),
            Owner: row.GetString(5), Owners: row.GetFieldValue<string[]>(6)), cancellationToken))[0];
        if (mine.Superuser)
            return null;
        var role = Sql.Identifier(mine.Role);
        (bool Lacks, string What, string Statement)[] rights =
        [
            (!mine.Creates, "make databases (CREATEDB)", $"ALTER ROLE {role} CREATEDB"),
            (!mine.Owns, $"rename the database, which belongs to {mine.Owner}", $"GRANT {Sql.Identifier(mine.Owner)} TO {role}"),
            (!mine.Signals, "end the sessions of others (pg_signal_backend)", $"GRANT pg_signal_backend TO {role}"),
            .. mine.Owners.Where(owner => owner != mine.Owner).Select(owner => (true, $"make what belongs to {owner}", $"GRANT {Sql.Identifier(owner)} TO {role}")),
        ];
        var lacking = rights.Where(right => right.Lacks).ToList();
        return lacking.Count == 0 ? null : new Problem(
            $"Role {mine.Role} may not {string.Join("; nor ", lacking.Select(right => right.What))}. A full rollback needs that; nothing was changed.",
            $"As a superuser: {string.Join("; ", lacking.Select(right => right.Statement))}. Or let database.url name a superuser for the rollback.");
    }
}
