using Npgsql;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Performance.Connections;
using Upkeep.Performance.Locks;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Performance;

public sealed class PerformanceStepTests(PostgresServer server) : IDisposable
{
    private readonly StepHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Connections_are_counted_per_user_and_state_against_what_users_can_have()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table t (id int)");
        await using var idle = await OpenAsync(database, "=web");
        await using var transaction = await idle.BeginTransactionAsync(Token);
        await idle.ExecuteAsync("select id from t where id = 12345", Token);

        var end = await _harness.RunAsync(Token, new ConnectionsStep(new PerformanceSettings { IdleInTransaction = TimeSpan.Zero, ConnectionShare = 0 }, database.Door, Redactor.None));

        end.Status.ShouldBe(StepStatus.Attention);
        _harness.Measures("performance.connections").Single(measure => measure.Name == "connections_usable").Value.ShouldBe(197);
        _harness.Findings("performance.connections").Single(finding => finding.Subject == "=web").Message.ShouldContain("Its last statement: select id from t where id = ?");
        _harness.Findings("performance.connections").ShouldContain(finding => finding.Code == "connections-near-limit");
        var csv = await File.ReadAllTextAsync(Path.Combine(_harness.Folder, "performance/connections.csv"), Token);
        csv.ShouldContain($"{database.Name},upkeep_demo,'=web,idle in transaction,1");
        csv.ShouldNotContain(",upkeep,");
    }

    [Fact]
    public async Task A_role_without_rights_counts_connections_and_says_what_it_cannot_see()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        await using var other = await OpenAsync(database, "web");
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token));

        var end = await _harness.RunAsync(Token, new ConnectionsStep(new PerformanceSettings(), door, Redactor.None));

        end.Status.ShouldBe(StepStatus.Succeeded);
        _harness.Findings("performance.connections").Single().Code.ShouldBe("states-not-checked");
        _harness.Measures("performance.connections").Single(measure => measure.Name == "connections_used").Value.ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_queue_of_waiters_is_shown_with_who_stands_at_its_head()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table \"Odd \"\"t\" (id int)");
        await using var head = await OpenAsync(database, "head");
        await using var transaction = await head.BeginTransactionAsync(Token);
        await head.ExecuteAsync("select * from \"Odd \"\"t\"", Token);
        await using var second = await OpenAsync(database, "second");
        await using var third = await OpenAsync(database, "third");
        var altering = second.ExecuteAsync("alter table \"Odd \"\"t\" add column x int", Token);
        await WaitAsync(database, "second");
        var reading = third.ExecuteAsync("select * from \"Odd \"\"t\"", Token);
        await WaitAsync(database, "third");

        await _harness.RunAsync(Token, new LocksStep(database.Door, Redactor.None));
        await transaction.RollbackAsync(Token);
        await Task.WhenAll(altering, reading);

        var survey = JournalJson.FromElement<LocksSurvey>(_harness.Facts<StepSurveyed>("performance.locks").Single().Survey);
        var chain = survey.Chains.Single(chain => chain.Blocker.Contains("head", StringComparison.Ordinal));
        chain.BlockerState.ShouldBe("idle in transaction");
        chain.Waiters.Select(waiter => waiter.Depth).ShouldBe([1, 2]);
        chain.Waiters[1].Session.ShouldContain("third");
        _harness.Findings("performance.locks").ShouldContain(finding => finding.Code == "lock-chain" && finding.Message.Contains("keeps 2 waiting", StringComparison.Ordinal));
    }

    [Fact]
    public void A_ring_of_waiters_ends()
    {
        var chains = LockChains.Of([Session(1, 2), Session(2, 1), Session(3, 0), Session(4, 3)]);

        chains.Single().Blocker.ShouldBe("a prepared transaction");
        chains.Single().Waiters.Select(waiter => waiter.Depth).ShouldBe([1, 2]);
    }

    private static SessionState Session(int pid, int blockedBy) => new(pid, "d", "u", "", null, "active", 1, 1, "Lock: relation", [blockedBy], "select");

    private static async Task<NpgsqlConnection> OpenAsync(TestDatabase database, string application)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = application, Pooling = false }.ToString());
        await connection.OpenAsync(Token);
        return connection;
    }

    private static async Task WaitAsync(TestDatabase database, string application)
    {
        var waits = false;
        while (!waits)
            waits = await database.ScalarAsync<bool>($"select count(*) > 0 from pg_stat_activity where datname = current_database() and application_name = '{application}' and wait_event_type = 'Lock'", Token);
    }
}
