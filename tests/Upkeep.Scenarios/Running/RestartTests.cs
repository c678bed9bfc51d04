using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Scenarios.Running;

/// <summary>The server goes down under a running step, as in a crash, and comes up again. It has a server of its own.</summary>
public sealed class RestartTests : IDisposable
{
    private const string DumpWaits =
        "select exists (select from pg_stat_activity where application_name like 'upkeep pre-maintenance-%' and wait_event_type = 'Lock')";

    private readonly UpkeepFolder _upkeep = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restart_fails_the_step_with_the_reason_and_resume_does_it()
    {
        await using var cluster = await TemporaryCluster.StartAsync(Path.Combine(Path.GetTempPath(), $"upkeep-restart-{Environment.ProcessId}"), ["fsync = off"], PostgresServer.Programs, Token);
        await using var database = new TestDatabase(cluster, "postgres");
        await database.ExecuteAsync("create table events as select g as id from generate_series(1, 1000) g", Token);
        _upkeep.Configure(UpkeepFolder.Url(database), "throttle:\n  enabled: false\n");
        Ended broken;
        await using (await Locked.HoldAsync(database, "events", Token))
        {
            using var run = _upkeep.Start("run", "--ignore-window", "--format", "json");
            await run.UntilAsync(() => database.ScalarAsync<bool>(DumpWaits, Token));
            await cluster.StopServerAsync("immediate", Token);
            await cluster.StartServerAsync(Token);
            broken = await run.EndAsync();
        }

        broken.Status.ShouldBe(4, broken.Said);
        var backup = broken.Json().Step("preparation.backup");
        backup.Text("status").ShouldBe("failed");
        (backup.Text("reason") + broken.Error).ShouldContain("upkeep run --resume");
        backup.Text("reason").ShouldMatch("(?i)server|connection");

        var resumed = await _upkeep.RunAsync("run", "--resume", "--ignore-window", "--format", "json");
        resumed.Status.ShouldBeOneOf(0, 3);
        resumed.Json().Step("preparation.backup").Text("status").ShouldBe("succeeded");
    }

    public void Dispose() => _upkeep.Dispose();
}
