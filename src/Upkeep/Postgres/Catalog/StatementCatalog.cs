using Npgsql;

namespace Upkeep.Postgres.Catalog;

/// <summary>Reads <c>pg_stat_statements</c>, whatever its version and schema; its absence is an answer, not an error.</summary>
public static class StatementCatalog
{
    /// <summary>Statements read at most: the extension's default keeps 5,000.</summary>
    public const int Limit = 5000;

    private const string SchemaOfExtension =
        "select n.nspname::text from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'";

    /// <summary>The counters of this database's statements, without their texts.</summary>
    public static async Task<StatementLook> ReadAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenAsync(cancellationToken);
        if (await connection.ScalarAsync<string>(SchemaOfExtension, cancellationToken) is not { } schema)
            return new StatementLook(null, "the extension pg_stat_statements is not in this database", "create extension pg_stat_statements (and put it into shared_preload_libraries).");
        try
        {
            return new StatementLook(await ReadAsync(connection, Sql.Identifier(schema), cancellationToken), null, null);
        }
        catch (PostgresException problem) when (problem.SqlState == PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            return new StatementLook(null, "pg_stat_statements is installed but not loaded", "Put it into shared_preload_libraries and restart the server.");
        }
        catch (PostgresException problem) when (problem.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return new StatementLook(null, $"our role may not read pg_stat_statements ({problem.MessageText})", "grant pg_monitor to the role that upkeep logs in as.");
        }
    }

    /// <summary>The texts of some statements by query id: whitespace folded, constants masked, cut at <paramref name="length"/> characters.</summary>
    public static async Task<IReadOnlyDictionary<long, string>> TextsAsync(DatabaseDoor database, IReadOnlyCollection<long> queryIds, int length, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenAsync(cancellationToken);
        if (queryIds.Count == 0 || await connection.ScalarAsync<string>(SchemaOfExtension, cancellationToken) is not { } schema)
            return new Dictionary<long, string>();
        var texts = await connection.QueryAsync(
            $"""
            select s.queryid, pg_catalog.min(s.query) from {Sql.Identifier(schema)}.pg_stat_statements s
            where s.queryid = any ($1::bigint[]) and s.query is not null group by s.queryid
            """, reader => (Id: reader.GetInt64(0), Text: StatementText.Mask(reader.GetString(1), length)), cancellationToken, queryIds.ToArray());
        return texts.ToDictionary(text => text.Id, text => text.Text);
    }

    private static async Task<StatementSnapshot> ReadAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        var statements = await connection.QueryAsync(Sql.File("Postgres/Catalog/statements.sql").Replace("{schema}", schema, StringComparison.Ordinal),
            reader => (Stat: StatementStat.Read(reader), Hidden: reader.GetInt64(10), All: reader.GetInt64(11)), cancellationToken, Limit);
        var told = await connection.ScalarAsync<bool>("select pg_catalog.to_regclass($1) is not null", cancellationToken, $"{schema}.pg_stat_statements_info");
        var info = told
            ? await connection.QueryAsync($"select stats_reset, dealloc from {schema}.pg_stat_statements_info", reader => (Reset: reader.Instant(0), Evictions: reader.GetInt64(1)), cancellationToken)
            : [];
        return new StatementSnapshot
        {
            Statements = [.. statements.Select(row => row.Stat).Where(stat => stat.Calls > 0)],
            Hidden = statements.Max(row => row.Hidden),
            LeftOut = Math.Max(0, statements.Max(row => row.All) - Limit),
            ResetAt = told ? info[0].Reset : null,
            Evictions = told ? info[0].Evictions : null,
        };
    }
}
