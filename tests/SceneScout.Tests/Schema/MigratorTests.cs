using SceneScout.Schema;
using Upkeep.Testing;

namespace SceneScout.Tests.Schema;

public sealed class MigratorTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_database_gets_every_migration_once()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        await using var connection = await Scout.OpenAsync(database, Token);

        var first = await Migrator.MigrateAsync(connection, Token);
        var second = await Migrator.MigrateAsync(connection, Token);

        first.ShouldBe(["0001_people", "0002_events", "0003_logs", "0004_ingestion", "0005_statistics"]);
        second.ShouldBeEmpty();
        (await database.ScalarAsync<long>("select count(*) from schema_migrations", Token)).ShouldBe(5);
    }

    [Fact]
    public async Task Two_deployments_at_once_take_turns()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        await using var one = await Scout.OpenAsync(database, Token);
        await using var two = await Scout.OpenAsync(database, Token);

        var applied = await Task.WhenAll(Migrator.MigrateAsync(one, Token), Migrator.MigrateAsync(two, Token));

        applied.Sum(names => names.Count).ShouldBe(5);
    }

    [Fact]
    public async Task A_migration_that_was_changed_afterwards_is_refused()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        await using var connection = await Scout.OpenAsync(database, Token);
        await Migrator.MigrateAsync(connection, Token);
        await database.ExecuteAsync("update schema_migrations set sha256 = 'other' where version = 2", Token);

        var problem = await Should.ThrowAsync<ScoutException>(() => Migrator.MigrateAsync(connection, Token));

        problem.Message.ShouldContain("0002_events was changed");
    }

    [Fact]
    public async Task A_database_of_a_newer_build_is_refused()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        await using var connection = await Scout.OpenAsync(database, Token);
        await Migrator.MigrateAsync(connection, Token);
        await database.ExecuteAsync("insert into schema_migrations (version, name, sha256) values (99, '0099_future', 'x')", Token);

        var problem = await Should.ThrowAsync<ScoutException>(() => Migrator.MigrateAsync(connection, Token));

        problem.Message.ShouldContain("migration 99");
    }
}
