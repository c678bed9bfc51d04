using Npgsql;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Postgres;

public sealed class DatabaseUnreachableTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_closed_port_is_named_with_host_port_and_database()
    {
        await using var door = new DatabaseDoor(new DatabaseSettings { ConnectionString = "Host=127.0.0.1;Port=1;Database=scene;Username=u;Password=hunter2secret" });

        var problem = await Should.ThrowAsync<DatabaseUnreachableException>(() => door.ScalarAsync<int>("select 1", Token));

        problem.Message.ShouldBe("Database scene at 127.0.0.1:1 can't be reached: connection refused.");
        problem.Hint.ShouldContain("Is PostgreSQL running there");
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_said_to_be_missing()
    {
        var cluster = await server.ClusterAsync(Token);
        await using var door = new DatabaseDoor(new DatabaseSettings { ConnectionString = cluster.ConnectionString("no_such") });

        var problem = await Should.ThrowAsync<DatabaseUnreachableException>(() => door.ScalarAsync<int>("select 1", Token));

        problem.Message.ShouldContain("there is no database of this name");
        problem.SqlState.ShouldBe(PostgresErrorCodes.InvalidCatalogName);
    }

    [Fact]
    public async Task A_wrong_password_is_never_echoed()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create role guarded login password 'right'");
        var rules = Path.Combine(database.Cluster.Folder, "data", "pg_hba.conf");
        await File.WriteAllTextAsync(rules, "host all guarded 127.0.0.1/32 scram-sha-256\n" + await File.ReadAllTextAsync(rules, Token), Token);
        await database.ExecuteAsync("select pg_reload_conf()", Token);
        var wrong = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "guarded", Password = "hunter2secret", Pooling = false };
        await using var door = new DatabaseDoor(new DatabaseSettings { ConnectionString = wrong.ToString() });

        // The server reads its rules again a moment after it was told to.
        Exception? problem = null;
        while (problem is null)
            problem = await Record.ExceptionAsync(() => door.ScalarAsync<int>("select 1", Token));

        problem.ShouldBeOfType<DatabaseUnreachableException>().Message.ShouldContain("the password of user guarded is wrong");
        problem.ToString().ShouldNotContain("hunter2secret");
    }

    [Fact]
    public async Task A_password_that_was_forgotten_is_asked_for_by_the_user_s_name()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create role forgetful login password 'right'");
        var rules = Path.Combine(database.Cluster.Folder, "data", "pg_hba.conf");
        await File.WriteAllTextAsync(rules, "host all forgetful 127.0.0.1/32 scram-sha-256\n" + await File.ReadAllTextAsync(rules, Token), Token);
        await database.ExecuteAsync("select pg_reload_conf()", Token);
        var without = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "forgetful", Password = null, Pooling = false };
        await using var door = new DatabaseDoor(new DatabaseSettings { ConnectionString = without.ToString() });

        // The server reads its rules again a moment after it was told to.
        Exception? caught = null;
        while (caught is null)
            caught = await Record.ExceptionAsync(() => door.ScalarAsync<int>("select 1", Token));

        var problem = caught.ShouldBeOfType<DatabaseUnreachableException>();
        problem.Message.ShouldContain("the server asks for the password of user forgetful, and none is given");
        problem.Hint.ShouldContain(".pgpass");
        problem.SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
    }
}
