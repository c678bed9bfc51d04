using System.Globalization;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Testing;

namespace Upkeep.Tests.Postgres.Digests;

public sealed class DigestAlgorithmTests(PostgresServer server)
{
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(5);

    private const string Known =
        """
        create table t (id int8, n int4, v text, f float8, at timestamptz, b bytea, amount numeric, j jsonb, u uuid, done bool);
        insert into t values (1, 1, 'one', 0.1, '2026-11-22 02:00Z', '\x00ff', 1.50, '{"a": 1}', '00000000-0000-0000-0000-000000000001', true),
          (2, null, '', '-0', 'infinity', '', -1, '[]', null, false), (2, null, '', '-0', 'infinity', '', -1, '[]', null, false);
        select lo_from_bytea(4711, '\x0102');
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Backups lie for years. If this fails, the change needs an algorithm with a name of its own.
    [Theory]
    [InlineData("rows-hashtextextended-2x64-sum-1", "-13403692411528294013:11726219996583465815", "4501933441721640174:8769510696888620719")]
    [InlineData("columns-hash64-sum-2", "-19952369478024570004", "4739412189557044478")]
    public async Task What_a_name_computes_never_changes(string name, string table, string largeObjects)
    {
        await using var database = await server.CreateDatabaseAsync(Token, Known);

        var digest = await new DigestReader(database.Door).OfDatabaseAsync(name, sessions: 1, _wait, null, Token);

        digest.Algorithm.ShouldBe(name);
        digest.Tables.ShouldHaveSingleItem().Digest.ShouldBe(table);
        digest.LargeObjects.ShouldBe(new LargeObjectDigest(1, largeObjects));
    }

    [Fact]
    public async Task An_algorithm_of_a_newer_upkeep_is_refused_with_what_to_do()
    {
        await using var database = await server.CreateDatabaseAsync(Token);

        var problem = await Should.ThrowAsync<UnknownDigestException>(() => new DigestReader(database.Door).OfDatabaseAsync("rows-of-tomorrow-3", 1, _wait, null, Token));

        problem.Message.ShouldContain("rows-of-tomorrow-3");
        problem.Hint.ShouldContain("newer upkeep");
    }

    [Fact]
    public async Task A_table_of_1600_columns_is_digested()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            $"create table wide ({string.Join(", ", Enumerable.Range(0, 1600).Select(at => $"c{at} {(at % 3 == 0 ? "float8" : at % 3 == 1 ? "timestamptz" : "numeric")}"))}); insert into wide default values;");

        (await DigestAsync(database.Door)).Tables.ShouldHaveSingleItem().Rows.ShouldBe(1);
    }

    [Fact]
    public async Task Values_that_change_places_between_rows_and_columns_are_seen()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            """
            create table a (x int, y int, t text); insert into a values (1, 2, 'a'), (2, 1, 'b'), (3, 3, 'c');
            create table b (x int, y int, t text); insert into b values (1, 2, 'b'), (2, 1, 'a'), (3, 3, 'c');
            create table c (x int, y int, t text); insert into c values (2, 1, 'a'), (1, 2, 'b'), (3, 3, 'c');
            create table d (y int, x int, t text); insert into d values (2, 1, 'a'), (1, 2, 'b'), (3, 3, 'c');
            """);
        var digests = (await DigestAsync(database.Door)).Tables.ToDictionary(table => table.Name, table => table.Digest);

        digests["a"].ShouldNotBe(digests["b"]);
        digests["a"].ShouldNotBe(digests["c"]);
        digests["a"].ShouldBe(digests["d"]);
    }

    [Fact]
    public async Task The_server_may_digest_a_table_with_parallel_workers_of_the_snapshot()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            $"create table t as select g as id, 'x' || g as v, clock_timestamp() as at, g::numeric as n, array[g] as l, now() - now() as i from generate_series(1, 30000) g; analyze t;");
        var alone = await DigestAsync(database.Door);
        await database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture,
            $"""
            alter database {database.Name} set parallel_setup_cost = 0; alter database {database.Name} set parallel_tuple_cost = 0;
            alter database {database.Name} set min_parallel_table_scan_size = 0; alter database {database.Name} set max_parallel_workers_per_gather = 4;
            """), Token);
        await using var door = new DatabaseDoor(database.Settings with { ConnectTimeout = TimeSpan.FromSeconds(11) });
        await using var snapshot = await SnapshotSession.ExportAsync(door, _wait, Token);
        var scope = await DigestScope.ReadAsync(snapshot.Connection, Token);

        var plan = await snapshot.Connection.QueryAsync("explain " + DigestAlgorithm.Newest.Statement(scope.Tables.Single()), row => row.GetString(0), Token);

        string.Join('\n', plan).ShouldContain("Gather");
        (await DigestAsync(door)).Tables.ShouldBe(alone.Tables);
    }

    [Fact]
    public async Task A_role_needs_no_right_to_the_schema_of_an_extensions_type()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            "create schema extensions; create extension hstore schema extensions; create table t (h extensions.hstore); insert into t values ('a=>1');");
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token, "revoke all on schema extensions from public; grant select on t to {0}"));

        (await DigestAsync(door)).Tables.ShouldBe((await DigestAsync(database.Door)).Tables);
    }

    private static Task<DatabaseDigest> DigestAsync(DatabaseDoor door) => new DigestReader(door).OfDatabaseAsync(sessions: 2, _wait, null, Token);
}
