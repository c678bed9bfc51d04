using Upkeep.Testing;

namespace Upkeep.Scenarios.Running;

/// <summary>A database of the test's own, filled by the sample platform's program.</summary>
internal static class SceneScoutDatabase
{
    /// <summary>Retention and sessions as SceneScout's operators want them; full speed, because other tests keep the server busy.</summary>
    public const string Rules =
        """
        throttle:
          enabled: false
        retention:
          rules:
            - { table: public.audit_logs, column: created_at, keep: 90 days }
            - { table: public.api_logs, column: created_at, keep: 30 days }
            - { table: public.ingestion_logs, column: created_at, keep: 7 days, where: status = 'success' }
        sessions:
          rules:
            - { table: auth.sessions, column: expires_at, keep: 0 }

        """;

    private const string Content =
        """
        select string_agg(name || ' ' || (xpath('/row/c/text()', query_to_xml(format(
          'select count(*) || '' '' || coalesce(md5(string_agg(t::text, chr(10) order by t::text collate "C")), '''') as c from %s t', name), false, true, '')))[1], chr(10) order by name)
        from (select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p') and not c.relispartition and n.nspname <> 'information_schema' and n.nspname not like 'pg\_%') tables
        """;

    /// <param name="scale">1 is 20,000 events and 100,000 api_logs.</param>
    public static async Task<TestDatabase> CreateAsync(PostgresServer server, string scale, CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(cancellationToken, "create extension pg_stat_statements");
        var variables = new Dictionary<string, string?> { ["DATABASE_URL"] = UpkeepFolder.Url(database) };
        foreach (var arguments in new[] { new[] { "migrate" }, ["seed", "--scale", scale, "--seed", "1"] })
        {
            var result = await PostgresServer.Programs.RunAsync(BuiltPrograms.SceneScout, arguments, variables, null, cancellationToken);
            result.ExitCode.ShouldBe(0, result.Error);
        }
        return database;
    }

    /// <summary>Every row of every table, order left out, as a line a table: number and digest.</summary>
    public static async Task<string> ContentAsync(this TestDatabase database, CancellationToken cancellationToken) =>
        await database.ScalarAsync<string>(Content, cancellationToken) ?? "";
}
