using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Postgres;

public sealed class DatabaseDoorTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_session_carries_the_name_the_lock_budget_and_a_statement_timeout()
    {
        await using var database = await server.CreateDatabaseAsync(Token);

        (await database.Door.ScalarAsync<string>("select current_setting('application_name')", Token)).ShouldBe("upkeep");
        (await database.Door.ScalarAsync<string>("select current_setting('lock_timeout')", Token)).ShouldBe("100ms");
        (await database.Door.ScalarAsync<string>("select current_setting('statement_timeout')", Token)).ShouldBe("5min");
        (await database.Door.ScalarAsync<string>("select current_setting('search_path')", Token)).ShouldBe("");
    }

    [Fact]
    public async Task A_server_that_was_there_and_is_being_restarted_is_waited_for()
    {
        await using var cluster = await TemporaryCluster.StartAsync(Path.Combine(Path.GetTempPath(), $"upkeep-door-{Environment.ProcessId}"), ["fsync = off"], PostgresServer.Programs, Token);
        await using var door = new DatabaseDoor(new DatabaseSettings { ConnectionString = cluster.ConnectionString() });
        await door.ScalarAsync<int>("select 1", Token);
        await cluster.StopServerAsync("fast", Token);
        door.ForgetSessions();

        var asked = door.ScalarAsync<int>("select 2", Token);
        asked.IsCompleted.ShouldBeFalse();
        await cluster.StartServerAsync(Token);

        (await asked).ShouldBe(2);
    }
}
