using Npgsql;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Postgres;
using Upkeep.Redaction;
using Upkeep.Reports;
using Upkeep.Rollback.Rows;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback;

/// <summary>Autovacuum is at work on a freshly filled database: the restore is not thrown away for it.</summary>
public sealed class RestoredStatisticsTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_of_the_restored_database_that_is_locked_for_a_moment_is_waited_for()
    {
        await using var test = await RollbackCase.CreateAsync(server);

        var full = await RolledBackAsync(test, "analyze waits");

        full.Status.ShouldBe(StepStatus.Succeeded, full.Reason);
        full.Findings.ShouldNotContain(finding => finding.Code == "not-analyzed");
        (await test.ScalarAsync<long>("select count(*) from pg_stats where schemaname = 'public' and tablename = 'customers'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_table_that_stays_locked_is_left_without_statistics_and_named()
    {
        await using var test = await RollbackCase.CreateAsync(server);

        var full = await RolledBackAsync(test, "stop services");

        full.Status.ShouldBe(StepStatus.Attention, full.Reason);
        full.Findings.ShouldContain(finding => finding.Code == "not-analyzed" && finding.Message.Contains("customers", StringComparison.Ordinal));
        (await test.ScalarAsync<long>("select count(*) from pg_stats where schemaname = 'public' and tablename = 'orders'")).ShouldBeGreaterThan(0);
    }

    // As autovacuum holds it: from the statistics on, for a second or until the named phase.
    private static async Task<StepDocument> RolledBackAsync(RollbackCase test, string until)
    {
        NpgsqlConnection? holder = null;
        Task? released = null;
        await using var doors = Doors.Open(test.Configuration, Redactor.None, TimeProvider.System);
        var rollback = new FullRollback(new Platform(test.Configuration, "", doors, []), happened =>
        {
            if (happened is not RunEvent.StepMoved { Progress: { Unit: "phases", Subject: { } phase } })
                return;
            if (phase == "statistics")
            {
                holder = HoldAsync(test).GetAwaiter().GetResult();
                if (until != "stop services")
                    released = ReleaseAsync(holder);
            }
            if (phase == until)
                holder!.DisposeAsync().AsTask().GetAwaiter().GetResult();
        });
        var outcome = await rollback.RunAsync(new FullRollbackRequest(RollbackCase.Run, CarryOver.No), test.Stop, Token);
        await (released ?? Task.CompletedTask);
        return RollbackCase.Steps(outcome)[0];
    }

    private static async Task<NpgsqlConnection> HoldAsync(RollbackCase test)
    {
        var beside = (await test.NamesAsync()).Single(name => name.Contains("_restoring_", StringComparison.Ordinal));
        var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(test.Database.Cluster.ConnectionString(beside)) { Pooling = false }.ToString());
        await session.OpenAsync(Token);
        await session.ExecuteAsync("begin", Token);
        await session.ExecuteAsync("lock table public.customers in share update exclusive mode", Token);
        return session;
    }

    private static async Task ReleaseAsync(NpgsqlConnection holder)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Token);
        await holder.DisposeAsync();
    }
}
