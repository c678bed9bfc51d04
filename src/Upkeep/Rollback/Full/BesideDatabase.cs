using System.Globalization;
using Npgsql;
using Upkeep.Backups;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Rollback.Full;

/// <summary>A second database on the live one's server: made like it, dressed like it, and taken away again where it isn't wanted.</summary>
/// <param name="live">A door to the live database.</param>
/// <param name="maintenance">A door to another database of the same server.</param>
internal sealed class BesideDatabase(DatabaseDoor live, DatabaseDoor maintenance, string name)
{
    // Making and dropping wait for a checkpoint, and copying what others have locked takes as long as it takes.
    private const string Patient = "set statement_timeout = 0; set lock_timeout = '10s'";

    /// <summary>Makes it, empty, with the owner and the tablespace of the live one; to name the usual tablespace would take a right of its own.</summary>
    /// <param name="traits">How the backup's database was made; null takes the live one's.</param>
    public async Task<Problem?> MakeAsync(DatabaseTraits? traits, CancellationToken cancellationToken)
    {
        await using var session = await live.OpenAsync(cancellationToken);
        traits ??= await DatabaseCopy.TraitsAsync(session, cancellationToken);
        var home = (await session.QueryAsync(
            """
            select pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.datdba)),
              case when t.spcname <> 'pg_default' then ' tablespace ' || pg_catalog.quote_ident(t.spcname) else '' end
            from pg_catalog.pg_database d join pg_catalog.pg_tablespace t on t.oid = d.dattablespace where d.datname = pg_catalog.current_database()
            """, row => (Owner: row.GetString(0), Tablespace: row.GetString(1)), cancellationToken))[0];
        try
        {
            await RunAsync($"{DatabaseCopy.CreateStatement(name, traits)} owner {home.Owner}{home.Tablespace}", cancellationToken);
            return null;
        }
        catch (PostgresException refused) when (!refused.IsTransient)
        {
            return new Problem($"The database {name} can't be made beside the live one: {refused.MessageText}", refused.SqlState == PostgresErrorCodes.InsufficientPrivilege
                ? "It takes CREATEDB, or a superuser." : "Mend what the server complains about, then repeat the command.");
        }
    }

    /// <summary>Gives it what belongs to the live database itself: settings, rights, comment, connection limit.</summary>
    /// <returns>What could not be given, in the server's words.</returns>
    public async Task<IReadOnlyList<string>> DressAsync(CancellationToken cancellationToken)
    {
        var refused = new List<string>();
        foreach (var statement in await live.QueryAsync(Sql.File("Rollback/Full/dress.sql"), row => row.GetString(0), cancellationToken))
        {
            try
            {
                await RunAsync(statement.Replace("%s", Sql.Identifier(name), StringComparison.Ordinal), cancellationToken);
            }
            catch (PostgresException problem) when (!problem.IsTransient)
            {
                refused.Add($"{statement.Replace("%s", Sql.Identifier(name), StringComparison.Ordinal)}: {problem.MessageText}");
            }
        }
        return refused;
    }

    /// <summary>Takes it away, where it is there; with whoever is in it, for nobody but us has business there.</summary>
    public async Task DropAsync(CancellationToken cancellationToken) =>
        await RunAsync(string.Create(CultureInfo.InvariantCulture, $"drop database if exists {Sql.Identifier(name)} with (force)"), cancellationToken);

    private async Task RunAsync(string statement, CancellationToken cancellationToken)
    {
        await using var session = await maintenance.OpenOwnAsync(DatabaseDoor.ApplicationName, cancellationToken);
        await session.ExecuteAsync(Patient, cancellationToken);
        await session.ExecuteAsync(statement, cancellationToken);
    }
}
