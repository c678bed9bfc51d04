using Npgsql;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Backups.Restoring;

/// <summary>Makes the empty database on a scratch server that a dump is to fill.</summary>
internal static class ScratchDatabase
{
    /// <summary>Makes roles that can do nothing, for owners, grants and policies to name, and the database.</summary>
    /// <param name="traits">How the source was made, or null where nobody knows.</param>
    /// <returns>What this machine lacks for it, or null.</returns>
    public static async Task<Problem?> MakeAsync(TemporaryCluster cluster, string name, DatabaseTraits? traits, IEnumerable<string> roles, CancellationToken cancellationToken)
    {
        // The database "postgres" is on every server; a copy may need its name.
        await using var connection = new NpgsqlConnection(cluster.ConnectionString(name == "postgres" ? "template1" : "postgres"));
        await connection.OpenAsync(cancellationToken);
        var there = await connection.QueryAsync("select rolname from pg_roles", row => row.GetString(0), cancellationToken);
        foreach (var role in roles.Except(there).Where(role => role != "public" && !role.StartsWith("pg_", StringComparison.Ordinal)))
            await connection.ExecuteAsync($"create role {Sql.Identifier(role)}", cancellationToken);
        if (name == "postgres")
        {
            await using (var pooled = new NpgsqlConnection(cluster.ConnectionString()))
                NpgsqlConnection.ClearPool(pooled);
            await connection.ExecuteAsync("drop database postgres with (force)", cancellationToken);
        }
        try
        {
            await connection.ExecuteAsync(traits is null ? $"create database {Sql.Identifier(name)} template template0" : DatabaseCopy.CreateStatement(name, traits), cancellationToken);
            return null;
        }
        catch (PostgresException problem) when (problem.SqlState is PostgresErrorCodes.WrongObjectType or PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.UndefinedObject
            or PostgresErrorCodes.InvalidObjectDefinition or PostgresErrorCodes.FeatureNotSupported)
        {
            return new Problem(
                $"This machine can't make a database like the source: {problem.MessageText} (encoding {traits?.Encoding}, collation {traits?.Collate}, character type {traits?.CharacterType}{(traits?.Locale is { } locale ? $", locale {locale}" : "")})",
                "Install the locale here (Debian: apt-get install locales-all, or add it to /etc/locale.gen and run locale-gen), then try again.");
        }
    }

    /// <summary>Which of the extensions this machine's server doesn't have, with a word on how to get them; null where it has all.</summary>
    public static async Task<Problem?> LackingAsync(TemporaryCluster cluster, IReadOnlyList<string> extensions, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString());
        await connection.OpenAsync(cancellationToken);
        var lacking = extensions.Except(await connection.QueryAsync("select name::text from pg_available_extensions", row => row.GetString(0), cancellationToken)).ToList();
        return lacking.Count == 0 ? null : new Problem(
            $"The backup needs {Counted.Of(lacking.Count, "extension")} that this machine's server (version {connection.PostgreSqlVersion}) doesn't have: {string.Join(", ", lacking)}.",
            $"Install what the database's own server has (Debian: apt-cache search postgresql-{connection.PostgreSqlVersion.Major}), then try again.");
    }
}
