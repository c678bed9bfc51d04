using Npgsql;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Backups.Restoring;

/// <summary>
/// A database that is being filled on the configured server. It gets its name when it is whole; until then it has a name and a comment that
/// say what it is, so that what a killed restore left is recognised by the next one.
/// </summary>
public sealed class NewDatabase
{
    private const string Comment = "upkeep: an unfinished restore";

    // PostgreSQL cuts names at 63 bytes.
    private const int LongestName = 63;

    private readonly DatabaseDoor _server;

    private NewDatabase(DatabaseDoor server, string name, bool isSuperuser)
    {
        _server = server;
        Name = name;
        IsSuperuser = isSuperuser;
        Door = server.With(server.Settings with { ConnectionString = new NpgsqlConnectionStringBuilder(server.Settings.ConnectionString) { Database = PartOf(name) }.ToString() });
    }

    /// <summary>The name that it is to have.</summary>
    public string Name { get; }

    /// <summary>The name that it has until then.</summary>
    public string Part => PartOf(Name);

    /// <summary>Whether our role may do everything on the server: then owners and grants are restored too.</summary>
    public bool IsSuperuser { get; }

    public DatabaseDoor Door { get; }

    /// <summary>Makes it, empty.</summary>
    /// <param name="traits">How the source was made; null takes the server's own.</param>
    /// <returns>The database, or why it can't be had; then nothing was changed.</returns>
    public static async Task<(NewDatabase? Database, Problem? Problem)> CreateAsync(DatabaseDoor server, string name, DatabaseTraits? traits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(server);
        if (System.Text.Encoding.UTF8.GetByteCount(PartOf(name)) > LongestName || name.Length == 0)
            return (null, new Problem($"'{name}' can't be a database's name: it is empty, or longer than the server can keep.", "Choose a shorter one."));
        await using var connection = await server.OpenAsync(cancellationToken);
        await connection.ExecuteAsync("set statement_timeout = 0; set lock_timeout = '10s'", cancellationToken);
        if (await connection.ScalarAsync<bool>("select exists (select from pg_database where datname = $1)", cancellationToken, name))
            return (null, new Problem($"There is a database {name} on {connection.Host} already; it stays as it is.", "Name one that isn't there yet: --into OTHER"));
        var rights = (await connection.QueryAsync("select rolsuper, rolsuper or rolcreatedb, rolname::text from pg_roles where rolname = current_user",
            row => (Super: row.GetBoolean(0), May: row.GetBoolean(1), Role: row.GetString(2)), cancellationToken))[0];
        if (!rights.May)
            return (null, new Problem($"Role {rights.Role} may not create databases on {connection.Host}.", $"Issue: ALTER ROLE {Sql.Identifier(rights.Role)} CREATEDB"));
        if (await RemoveLeftAsync(server, connection, PartOf(name), cancellationToken) is { } busy)
            return (null, busy);
        try
        {
            await connection.ExecuteAsync(traits is null ? $"create database {Sql.Identifier(PartOf(name))} template template0" : DatabaseCopy.CreateStatement(PartOf(name), traits), cancellationToken);
            await connection.ExecuteAsync($"comment on database {Sql.Identifier(PartOf(name))} is '{Comment}'", cancellationToken);
        }
        catch (PostgresException problem) when (!problem.IsTransient)
        {
            return (null, new Problem($"The database {name} can't be made on {connection.Host}: {problem.MessageText}", "Where it is a locale, the server's machine lacks the source's: install it there."));
        }
        return (new NewDatabase(server, name, rights.Super), null);
    }

    /// <summary>Gives it its name: it is whole.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await Door.DisposeAsync();
        await using var connection = await _server.OpenAsync(cancellationToken);
        await connection.ExecuteAsync("set lock_timeout = '10s'", cancellationToken);
        // Both or neither: killed in between, a whole database would have the name of an unfinished one and nothing that says whose it is.
        await using var both = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync($"comment on database {Sql.Identifier(Part)} is null", cancellationToken);
        await connection.ExecuteAsync($"alter database {Sql.Identifier(Part)} rename to {Sql.Identifier(Name)}", cancellationToken);
        await both.CommitAsync(cancellationToken);
    }

    /// <summary>Takes it away again.</summary>
    public async Task DropAsync(CancellationToken cancellationToken)
    {
        await Door.DisposeAsync();
        await using var connection = await _server.OpenAsync(cancellationToken);
        await connection.ExecuteAsync("set statement_timeout = 0; set lock_timeout = '10s'", cancellationToken);
        await connection.ExecuteAsync($"drop database if exists {Sql.Identifier(Part)} with (force)", cancellationToken);
    }

    private static string PartOf(string name) => name + ".part";

    private static async Task<Problem?> RemoveLeftAsync(DatabaseDoor server, NpgsqlConnection connection, string part, CancellationToken cancellationToken)
    {
        var left = await connection.QueryAsync(
            """
            select coalesce(shobj_description(d.oid, 'pg_database'), ''), (select count(*) from pg_stat_activity a where a.datid = d.oid)
            from pg_database d where d.datname = $1
            """, row => (Comment: row.GetString(0), Sessions: row.GetInt64(1)), cancellationToken, part);
        if (left is not [var one])
            return null;
        if (one.Sessions > 0 || (one.Comment != Comment && !(one.Comment.Length == 0 && await IsEmptyAsync(server, part, cancellationToken))))
            return new Problem($"There is a database {part} on {connection.Host}, {(one.Sessions > 0 ? "and somebody is at work in it" : "and it isn't an unfinished restore of upkeep")}; it stays as it is.", "Name another database: --into OTHER");
        await connection.ExecuteAsync($"drop database {Sql.Identifier(part)}", cancellationToken);
        return null;
    }

    // A restore that was killed before it could write whose the database is left one with nothing in it.
    private static async Task<bool> IsEmptyAsync(DatabaseDoor server, string part, CancellationToken cancellationToken)
    {
        await using var door = server.With(server.Settings with { ConnectionString = new NpgsqlConnectionStringBuilder(server.Settings.ConnectionString) { Database = part }.ToString() });
        // Below that number is what initdb made.
        return await door.ScalarAsync<bool>(
            "select not exists (select from pg_class where oid >= 16384) and not exists (select from pg_namespace where oid >= 16384 and nspname !~ '^pg_') and not exists (select from pg_proc where oid >= 16384)",
            cancellationToken);
    }
}
