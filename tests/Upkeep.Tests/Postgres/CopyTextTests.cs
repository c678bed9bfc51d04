using Npgsql;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Postgres;

public sealed class CopyTextTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Slow before anything is sent, and slow in the midst of rows.
    [Theory]
    [InlineData("select pg_sleep(600)")]
    [InlineData("select case when g < 100000 then repeat('x', 100) else pg_sleep(600)::text end from generate_series(1, 100000) g")]
    public async Task A_slow_export_ends_at_once_when_it_is_cancelled_and_leaves_a_session_that_works(string query)
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        await using var session = await database.Door.OpenAsync(Token);
        // Without the cancellation the server would end it, with an error of its own.
        await session.ExecuteAsync("set statement_timeout = '20s'", Token);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var export = Task.Run(async () => await EndAsync(session.ExportAsync($"copy ({query}) to stdout", _ => { }, cancel.Token)), Token);
        while (await database.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'", Token) == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        await cancel.CancelAsync();

        (await export).ShouldNotBeNull().InnerException.ShouldBeOfType<PostgresException>().MessageText.ShouldContain("user request");
        (await session.ScalarAsync<int>("select 1", Token)).ShouldBe(1);
        (await database.ScalarAsync<int>("select 2", Token)).ShouldBe(2);
    }

    // Shouldly makes a new exception of one that says cancelled, without what is behind it.
    private static async Task<OperationCanceledException?> EndAsync(Task export)
    {
        try
        {
            await export;
            return null;
        }
        catch (OperationCanceledException cancelled)
        {
            return cancelled;
        }
    }
}
