using Npgsql;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Testing;

namespace Upkeep.Tests.Postgres.Catalog;

public sealed class TableCatalogTests(PostgresServer server)
{
    private const string Hostile =
        """
        create schema "Odd "" Schema.x";
        create table "Odd "" Schema.x"."My ""Table"", =1+1" (id int primary key, "Col umn" text);
        create table "Odd "" Schema.x".events (id int primary key);
        create table public.events (id int primary key, body text);
        create table public.parts (id int, at date not null) partition by range (at);
        create table public.parts_1 partition of public.parts for values from ('2026-01-01') to ('2026-07-01');
        create index on public.parts (id);
        create materialized view public.totals as select count(*) from public.events;
        insert into public.events select n, repeat('x', 100) from generate_series(1, 5000) n;
        insert into public.parts select n, '2026-02-01' from generate_series(1, 100) n;
        delete from public.events where id <= 1000;
        select pg_stat_force_next_flush();
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_table_appears_once_whatever_its_name()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Hostile);

        var tables = await TableCatalog.TablesAsync(database.Door, Token);

        tables.Select(table => (table.Schema, table.Name, table.Kind)).ShouldBe(
        [
            ("Odd \" Schema.x", "My \"Table\", =1+1", "table"), ("Odd \" Schema.x", "events", "table"), ("public", "events", "table"),
            ("public", "parts", "partitioned"), ("public", "parts_1", "table"), ("public", "totals", "materialized view"),
        ], ignoreOrder: true);
        tables.Single(table => table.Name == "parts_1").IsPartition.ShouldBeTrue();
        tables.Single(table => table.Name == "parts").TotalBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Rows_dead_rows_sizes_and_the_last_analyze_are_those_of_the_table()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Hostile);
        await database.ExecuteAsync("analyze public.events", Token);

        var events = (await TableCatalog.TablesAsync(database.Door, Token)).Single(table => table.Table == new TableName("public", "events"));

        events.EstimatedRows.ShouldBe(4000);
        events.DeadRows.ShouldBe(1000);
        events.LastAnalyze.ShouldNotBeNull();
        events.LastVacuum.ShouldBeNull();
        events.TotalBytes.ShouldBe(await database.ScalarAsync<long>("select pg_total_relation_size('public.events')", Token));
        events.SizesAreEstimates.ShouldBeFalse();
        events.CanMaintain.ShouldBeTrue();
        (await TableCatalog.TablesAsync(database.Door, Token)).Single(table => table.Name == "parts_1").EstimatedRows.ShouldBeNull();
    }

    [Fact]
    public async Task A_database_without_tables_has_none()
    {
        await using var database = await server.CreateDatabaseAsync(Token);

        (await TableCatalog.TablesAsync(database.Door, Token)).ShouldBeEmpty();
        (await TableCatalog.IndexesAsync(database.Door, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_the_configured_schemas_are_read()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Hostile);
        await using var door = new DatabaseDoor(database.Settings with { Schemas = ["Odd \" Schema.x"] });

        (await TableCatalog.TablesAsync(door, Token)).ShouldAllBe(table => table.Schema == "Odd \" Schema.x");
    }

    [Fact]
    public async Task A_locked_table_is_measured_by_the_page_counts_and_nobody_waits()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Hostile);
        await using var other = new NpgsqlConnection(database.ConnectionString);
        await other.OpenAsync(Token);
        await using var transaction = await other.BeginTransactionAsync(Token);
        await other.ExecuteAsync("lock table public.events in access exclusive mode", Token);

        var events = (await TableCatalog.TablesAsync(database.Door, Token)).Single(table => table.Table == new TableName("public", "events"));
        events.SizesAreEstimates.ShouldBeTrue();
        events.HeapBytes.ShouldBe(events.Pages * 8192);
        (await TableCatalog.TablesAsync(database.Door, Token)).Single(table => table.Name == "parts_1").SizesAreEstimates.ShouldBeFalse();
    }

    [Fact]
    public async Task A_role_without_rights_reads_the_same_and_may_maintain_nothing()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Hostile);
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token));

        var tables = await TableCatalog.TablesAsync(door, Token);

        tables.Count.ShouldBe(6);
        tables.ShouldAllBe(table => !table.CanMaintain);
    }

    [Fact]
    public async Task Indexes_are_listed_with_their_table_and_what_they_are_for()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Hostile);

        var indexes = await TableCatalog.IndexesAsync(database.Door, Token);

        var odd = indexes.Single(index => index.Table == "My \"Table\", =1+1");
        odd.IsPrimary.ShouldBeTrue();
        odd.IsValid.ShouldBeTrue();
        indexes.Single(index => index.Name == "events_pkey" && index.Schema == "public").Bytes
            .ShouldBe(await database.ScalarAsync<long>("select pg_relation_size('public.events_pkey')", Token));
    }
}
