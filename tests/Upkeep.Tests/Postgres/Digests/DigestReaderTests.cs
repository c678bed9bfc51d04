using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Testing;

namespace Upkeep.Tests.Postgres.Digests;

public sealed class DigestReaderTests(PostgresServer server)
{
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_order_of_rows_does_not_count_and_their_number_does()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            """
            create table up as select g, 'x' || g as t from generate_series(1, 500) g;
            create table down as select g, 'x' || g as t from generate_series(500, 1, -1) g;
            create table twice as select * from up union all select * from up;
            create table nothing (g int, t text);
            """);
        var digest = await DigestAsync(database);

        Of(digest, "up").Digest.ShouldBe(Of(digest, "down").Digest);
        Of(digest, "up").Rows.ShouldBe(500);
        Of(digest, "twice").Digest.ShouldNotBe(Of(digest, "up").Digest);
        Of(digest, "twice").Digest.ShouldNotBe(Of(digest, "nothing").Digest);
        Of(digest, "nothing").ShouldBe(Of(digest, "nothing") with { Rows = 0, Digest = "0" });
    }

    [Theory]
    [InlineData("update t set v = 'B' where id = 1")]
    [InlineData("update t set v = null where id = 1")]
    [InlineData("update t set v = '' where id = 2")]
    [InlineData("update t set v = (select v from t where id = 1) where id = 3")]
    [InlineData("update t set id = 3 - id where id in (1, 2)")]
    [InlineData("update t set f = f + 1e-15 where id = 1")]
    [InlineData("update t set at = at + interval '1 microsecond' where id = 1")]
    [InlineData("update t set b = '\\x00ff01' where id = 1")]
    public async Task Any_changed_value_changes_the_digest(string change)
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            """
            create table t (id int, v text, f float8, at timestamptz, b bytea);
            insert into t values (1, 'b', 0.1, '2026-11-22 02:00+00', '\x00ff'), (2, null, 1e300, 'infinity', ''), (3, 'a,b"c', 'NaN', null, null);
            """);
        var before = await DigestAsync(database);
        await database.ExecuteAsync(change, Token);

        Of(await DigestAsync(database), "t").Digest.ShouldNotBe(Of(before, "t").Digest);
    }

    [Fact]
    public async Task Settings_of_role_and_database_and_the_order_of_columns_do_not_count()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            """
            create table t (at timestamptz, f float8, b bytea, i interval, m money);
            insert into t values ('2026-11-22 02:00+00', 0.1::float4, '\x00ff', '1 mon 2 days', 3.5);
            create table u (m money, i interval, gone int, b bytea, f float8, at timestamptz);
            insert into u select m, i, 1, b, f, at from t;
            alter table u drop column gone;
            """);
        var before = await DigestAsync(database);
        await database.ExecuteAsync(
            $"""
            alter database {database.Name} set DateStyle = 'German'; alter database {database.Name} set extra_float_digits = -5;
            alter database {database.Name} set bytea_output = 'escape'; alter database {database.Name} set IntervalStyle = 'iso_8601';
            alter database {database.Name} set TimeZone = 'Asia/Tokyo';
            """, Token);
        var after = await DigestAsync(database);

        Of(after, "t").Digest.ShouldBe(Of(before, "t").Digest);
        Of(before, "u").Digest.ShouldBe(Of(before, "t").Digest);
    }

    [Fact]
    public async Task Partitions_and_children_count_on_their_own_and_odd_names_are_read()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            """
            create table p (a int) partition by range (a);
            create table p1 partition of p for values from (0) to (10);
            insert into p values (1), (2);
            create table parent (a int); insert into parent values (1);
            create table child (b int) inherits (parent); insert into child values (1, 2), (3, 4);
            create schema "Odd ""x"".y"; create table "Odd ""x"".y"."a'b; --" ("Sel ect" int, "q""q" text);
            insert into "Odd ""x"".y"."a'b; --" values (1, 'x');
            create table empty_shape ();
            insert into empty_shape default values;
            """);
        var digest = await DigestAsync(database);

        digest.Tables.Select(table => (table.Name, table.Rows)).ShouldBe(
            [("a'b; --", 1L), ("child", 2L), ("empty_shape", 1L), ("p1", 2L), ("parent", 1L)], ignoreOrder: true);
    }

    [Fact]
    public async Task What_no_digest_speaks_for_is_said_with_its_reason()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            """
            create materialized view seen as select 1 as a;
            create extension postgres_fdw;
            create server far foreign data wrapper postgres_fdw;
            create foreign table remote (a int) server far;
            create sequence counter increment by 5;
            select nextval('counter'), nextval('counter');
            create sequence unused;
            select lo_from_bytea(0, 'large');
            """);
        var digest = await DigestAsync(database);

        digest.Tables.ShouldBeEmpty();
        digest.NotCovered.Select(entry => entry.What).ShouldBe(["public.remote", "public.seen"]);
        digest.NotCovered.ShouldAllBe(entry => entry.Reason.Length > 10);
        digest.Sequences.ShouldBe([new("public", "counter", 6, 5), new("public", "unused", null, 1)]);
        digest.LargeObjects!.Objects.ShouldBe(1);
    }

    [Fact]
    public async Task Row_level_security_never_hides_rows_silently()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            "create table t (a int); insert into t values (1), (2); alter table t enable row level security; create policy one on t using (a = 1);");
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token, "grant select on t to {0}"));

        var problem = await Should.ThrowAsync<DigestException>(() => DigestAsync(door));

        problem.Table.Name.ShouldBe(new TableName("public", "t"));
    }

    private static Task<DatabaseDigest> DigestAsync(TestDatabase database) => DigestAsync(database.Door);

    private static async Task<DatabaseDigest> DigestAsync(DatabaseDoor door)
    {
        await using var snapshot = await SnapshotSession.ExportAsync(door, _wait, Token);
        var scope = await DigestScope.ReadAsync(snapshot.Connection, Token);
        return await new DigestReader(door).ReadAsync(snapshot, scope, sessions: 2, _wait, null, Token);
    }

    private static TableDigest Of(DatabaseDigest digest, string name) => digest.Tables.Single(table => table.Name == name) with { Oid = 0, Name = name };
}
