using CsCheck;
using Npgsql;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Testing;

namespace Upkeep.Tests.Postgres.Digests;

/// <summary>The digest's promise, on databases of every type: equal after a dump and its restore, different after any change.</summary>
public sealed class RestoredDigestTests(PostgresServer server)
{
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_value_of_every_type_has_a_hash_of_its_own()
    {
        await using var database = await server.CreateDatabaseAsync(Token, EveryType.Prelude + EveryType.OneTableEach());
        await using var snapshot = await SnapshotSession.ExportAsync(database.Door, _wait, Token);
        var scope = await DigestScope.ReadAsync(snapshot.Connection, Token);

        scope.Tables.Count.ShouldBe(EveryType.Values.Count);
        foreach (var (type, values) in EveryType.Values)
        {
            var table = scope.Tables.Single(one => one.Name.Name == EveryType.Table(type));
            var distinct = await snapshot.Connection.ScalarAsync<long>($"select count(distinct {RowHash.Of(table.Columns)}) from {table.Name.Quoted}", Token);
            distinct.ShouldBe(values.Length + 1, type);
        }
    }

    [Fact]
    public async Task Every_type_has_the_same_digest_after_dump_and_restore_by_either_algorithm()
    {
        await using var database = await server.CreateDatabaseAsync(Token, EveryType.Prelude + EveryType.OneTableEach() + Apart);
        await using var copy = await server.CreateDatabaseAsync(Token);
        await RestoreAsync(database, copy.Settings);

        foreach (var algorithm in new[] { DigestAlgorithm.RowTexts, DigestAlgorithm.ColumnHashes })
            DigestComparison.Of(await DigestAsync(database.Door, algorithm.Name), await DigestAsync(copy.Door, algorithm.Name)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_newer_major_version_makes_the_same_digest_of_every_type()
    {
        await using var database = await server.CreateDatabaseAsync(Token, EveryType.Prelude + EveryType.OneTableEach() + Apart + SparseObject);
        await using var newer = await NewerServer.StartAsync(Token);
        await using (var connection = new NpgsqlConnection(newer.ConnectionString()))
        {
            await connection.OpenAsync(Token);
            await connection.ExecuteAsync("create database copy", Token);
        }
        var copy = new DatabaseSettings { ConnectionString = newer.ConnectionString("copy") };
        await RestoreAsync(database, copy);
        await using var door = new DatabaseDoor(copy);

        DigestComparison.Of(await DigestAsync(database.Door), await DigestAsync(door)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Any_tables_are_equal_restored_and_reordered_and_differ_after_any_change()
    {
        await AnyTables.Database.SampleAsync(async tables =>
        {
            await using var database = await server.CreateDatabaseAsync(Token, EveryType.Prelude + Each(tables, (table, name) => table.Create(name)));
            await using var copy = await server.CreateDatabaseAsync(Token);
            var before = await DigestAsync(database.Door);
            await RestoreAsync(database, copy.Settings);
            await copy.ExecuteAsync(Each(tables, (_, name) => $"create temp table kept as select * from {name} order by ctid desc; truncate {name}; insert into {name} select * from kept; drop table kept;"), Token);
            DigestComparison.Of(before, await DigestAsync(copy.Door)).ShouldBeEmpty();

            await database.ExecuteAsync(Each(tables, (_, name) => $"insert into {name} select * from {name} where ctid = (select max(ctid) from {name});"), Token);
            var changed = new HashSet<string>();
            for (var at = 0; at < tables.Length; at++)
            {
                if (await ChangeAsync(copy, tables[at].Change($"t{at}")) == 1)
                    changed.Add($"t{at}");
            }

            Different(before, await DigestAsync(database.Door)).Count.ShouldBe(tables.Length);
            Different(before, await DigestAsync(copy.Door)).ShouldBe(changed, ignoreOrder: true);
        }, iter: 4, threads: 1);
    }

    [Fact]
    public async Task A_large_object_with_holes_is_the_same_after_dump_and_restore_and_not_after_a_change()
    {
        await using var database = await server.CreateDatabaseAsync(Token, SparseObject);
        await using var copy = await server.CreateDatabaseAsync(Token);
        await RestoreAsync(database, copy.Settings);
        var before = await DigestAsync(database.Door);

        DigestComparison.Of(before, await DigestAsync(copy.Door)).ShouldBeEmpty();
        (await DigestAsync(copy.Door)).LargeObjects!.Objects.ShouldBe(2);
        foreach (var change in new[] { "lo_put(4711, 3000, '\\x01')", "lo_put(4711, 5004, '\\x00')", "lo_put(4712, 0, '\\xfe')", "lo_unlink(4712)" })
        {
            await copy.ExecuteAsync($"select {change}", Token);
            var after = await DigestAsync(copy.Door);
            DigestComparison.Of(before, after).ShouldHaveSingleItem();
            before = after;
        }
    }

    private const string SparseObject = "select lo_from_bytea(4711, '\\x0102'), lo_put(4711, 5000, '\\x03040000'), lo_from_bytea(4712, '\\xff00');";

    // What no single type shows: columns that a restore puts elsewhere, computed ones, and partitions.
    private const string Apart =
        """
        create table parent (z int, a text); create table child (m int) inherits (parent); alter table parent add late timestamptz default '2026-11-22Z';
        insert into child values (1, 'x', 2); insert into parent values (3, 'y');
        create table computed (a int, twice int generated always as (a * 2) stored, id bigint generated always as identity); insert into computed values (1), (2);
        create table parts (at date, v int) partition by range (at); create table part_1 partition of parts for values from ('2026-01-01') to ('2027-01-01');
        create table part_rest partition of parts default; insert into parts values ('2026-05-05', 1), ('1999-01-01', 2);
        create sequence counted; select setval('counted', 4711);
        """;

    private static string Each(AnyTable[] tables, Func<AnyTable, string, string> sql) => string.Concat(tables.Select((table, at) => sql(table, $"t{at}")));

    private static async Task<int> ChangeAsync(TestDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Token);
        return await connection.ExecuteAsync(sql, Token);
    }

    private static List<string> Different(DatabaseDigest before, DatabaseDigest after) =>
        [.. before.Tables.Zip(after.Tables).Where(pair => pair.First.Digest != pair.Second.Digest).Select(pair => pair.First.Name)];

    private static async Task<DatabaseDigest> DigestAsync(DatabaseDoor door, string? algorithm = null) =>
        await new DigestReader(door).OfDatabaseAsync(algorithm ?? DigestAlgorithm.Newest.Name, sessions: 2, _wait, null, Token);

    private static async Task RestoreAsync(TestDatabase source, DatabaseSettings target)
    {
        var folder = Directory.CreateTempSubdirectory("upkeep-dump-").FullName;
        try
        {
            var file = Path.Combine(folder, "dump");
            await RunAsync("pg_dump", source.Settings, "--format=custom", "--compress=0", $"--file={file}");
            await RunAsync("pg_restore", target, "--exit-on-error", "--dbname", new NpgsqlConnectionStringBuilder(target.ConnectionString).Database!, file);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string program, DatabaseSettings database, params string[] arguments)
    {
        var target = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var result = await PostgresServer.Programs.RunAsync(Path.Combine(ServerPrograms.Folder(program)!, program), arguments, new Dictionary<string, string?>
        {
            ["PGHOST"] = target.Host, ["PGPORT"] = target.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["PGUSER"] = target.Username, ["PGDATABASE"] = target.Database,
        }, null, Token);
        result.ExitCode.ShouldBe(0, result.Error);
    }
}
