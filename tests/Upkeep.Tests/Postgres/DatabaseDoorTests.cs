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
}
