using Npgsql;
using Upkeep.Postgres;
using Upkeep.Postgres.Load;
using Upkeep.Testing;

namespace Upkeep.Tests.Postgres.Load;

public sealed class LoadProbeTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_waits_for_a_lock_is_seen()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table public.t (id int)");
        await using var holder = await OpenAsync(database);
        await holder.ExecuteAsync("begin; lock table public.t", Token);
        await using var waiter = await OpenAsync(database);
        var waiting = waiter.ExecuteAsync("insert into public.t values (1)", Token);
        while (!await holder.ScalarAsync<bool>("select exists(select from pg_locks where not granted and relation = 'public.t'::regclass)", Token))
            await Task.Yield();
        await using var probe = new LoadProbe(database.Door, TimeProvider.System);

        var sample = await probe.SampleAsync(Token);

        sample.LockWaiters.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(1);
        sample.Neighbours.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(1);
        sample.Latency.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
        sample.ReplicationLag.ShouldBeNull();
        probe.Blind.ShouldBeNull();
        await holder.ExecuteAsync("commit", Token);
        await waiting;
    }

    [Fact]
    public async Task A_role_that_may_not_see_others_gets_the_latency_and_is_told_what_is_missing()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "drop role if exists load_blind; create role load_blind login");
        var blind = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "load_blind" }.ToString();
        await using var door = new DatabaseDoor(database.Settings with { ConnectionString = blind });
        await using var probe = new LoadProbe(door, TimeProvider.System);

        var sample = await probe.SampleAsync(Token);

        sample.Latency.ShouldNotBeNull();
        sample.LockWaiters.ShouldBeNull();
        sample.Neighbours.ShouldBeNull();
        probe.Blind.ShouldNotBeNull().ShouldContain("pg_monitor");
    }

    private static async Task<NpgsqlConnection> OpenAsync(TestDatabase database)
    {
        var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Token);
        return connection;
    }
}
