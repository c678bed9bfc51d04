using System.Globalization;
using Npgsql;

namespace Upkeep.Postgres;

/// <summary>What a query of the configuration gave.</summary>
/// <param name="Value">Its one number, or null with a problem.</param>
/// <param name="Problem">Why there is no number, or null.</param>
public sealed record QueryNumber(double? Value, string? Problem);

/// <summary>
/// Runs queries that an operator wrote: read-only, and with the search path that the role has by itself (every other session of
/// ours has an empty one).
/// </summary>
public static class ConfiguredQuery
{
    private const string OwnSearchPath =
        """
        select coalesce((
          select pg_catalog.substr(c, 13) from pg_catalog.pg_db_role_setting s
          cross join lateral pg_catalog.unnest(s.setconfig) c
          where c like 'search_path=%'
            and s.setrole in (0, (select oid from pg_catalog.pg_roles where rolname = session_user))
            and s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()))
          order by s.setrole <> 0 and s.setdatabase <> 0 desc, s.setrole <> 0 desc, s.setdatabase <> 0 desc limit 1), '"$user", public')
        """;

    /// <summary>The number in the first column of the query's first row.</summary>
    /// <returns>A problem where the query fails or yields no number; a database that can't be reached is an exception as everywhere.</returns>
    public static async Task<QueryNumber> NumberAsync(DatabaseDoor database, string query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenAsync(cancellationToken);
        try
        {
            var path = await connection.ScalarAsync<string>(OwnSearchPath, cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await connection.ExecuteAsync($"set transaction read only; set local search_path = {path}", cancellationToken);
            await using var command = new NpgsqlCommand(query, connection, transaction);
            return Read(await command.ExecuteScalarAsync(cancellationToken));
        }
        catch (PostgresException problem) when (!problem.IsTransient)
        {
            return new QueryNumber(null, $"{problem.SqlState} {problem.MessageText}");
        }
        catch (PostgresException problem) when (problem.SqlState is PostgresErrorCodes.LockNotAvailable)
        {
            return new QueryNumber(null, $"a table it reads is locked, and nobody shall wait behind us ({problem.MessageText})");
        }
    }

    private static QueryNumber Read(object? value) => value switch
    {
        null or DBNull => new QueryNumber(null, "it yields no row, or null"),
        short or int or long or float or double or decimal => new QueryNumber(Convert.ToDouble(value, CultureInfo.InvariantCulture), null),
        _ => new QueryNumber(null, $"it yields {value.GetType().Name}, not a number"),
    };
}
