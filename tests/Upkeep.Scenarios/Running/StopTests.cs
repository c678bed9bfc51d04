using Upkeep.Testing;

namespace Upkeep.Scenarios.Running;

/// <summary>A person or the system asks a run to stop, or wants a second one.</summary>
public sealed class StopTests(PostgresServer server) : IDisposable
{
    private const char CtrlC = '\x03';

    private const string DumpWaits =
        "select exists (select from pg_stat_activity where application_name like 'upkeep pre-maintenance-%' and datname = current_database() and wait_event_type = 'Lock' and query like 'LOCK TABLE%')";

    private const string OurSessions = "select count(*) from pg_stat_activity where datname = current_database() and application_name like 'upkeep%'";

    private const string Logs =
        """
        create table logs (id bigint generated always as identity primary key, at timestamptz not null, note text);
        insert into logs (at, note) select now() - g * interval '1 minute', repeat(md5(g::text), 3) from generate_series(1, 86400) g;
        create index on logs (at);
        """;

    // Time to interrupt: two seconds at least for all that is due.
    private const string SlowDelete =
        """
        create function pause() returns trigger language plpgsql as $$ begin perform pg_sleep(0.002); return old; end $$;
        create trigger slow before delete on logs for each row when (old.id % 8 = 0) execute function pause();
        """;

    private readonly UpkeepFolder _upkeep = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ctrl_C_in_a_terminal_during_the_backup_ends_at_a_safe_point_and_the_run_can_be_resumed()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Logs);
        _upkeep.Configure(UpkeepFolder.Url(database), "throttle:\n  enabled: false\n");
        Ended stopped;
        await using (await Locked.HoldAsync(database, "logs", Token))
        {
            using var run = _upkeep.StartInTerminal("run", "--ignore-window");
            await run.UntilAsync(() => database.ScalarAsync<bool>(DumpWaits, Token));
            run.Press(CtrlC);
            stopped = await run.EndAsync();
        }

        stopped.Status.ShouldBe(7, stopped.Said);
        stopped.Said.ShouldContain("upkeep run --resume");
        (await database.ScalarAsync<long>(OurSessions, Token)).ShouldBe(0);
        Directory.GetFileSystemEntries(Path.Combine(_upkeep.Folder, "backups")).ShouldBeEmpty();
        var told = (await _upkeep.RunAsync("status", "--format", "json")).Json();
        told.Text("status").ShouldBe("stopped");
        told.Step("preparation.backup").Text("status").ShouldBe("deferred");
        told.Step("preparation.backup").Text("reason").ShouldContain("SIGINT");
        await ResumesAsync();
    }

    [Fact]
    public async Task A_second_run_at_once_is_told_who_holds_the_lock_and_since_when_and_the_first_goes_on()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Logs);
        _upkeep.Configure(UpkeepFolder.Url(database), "throttle:\n  enabled: false\n");
        using var elsewhere = new UpkeepFolder();
        elsewhere.Configure(UpkeepFolder.Url(database));
        UpkeepProcess first;
        await using (await Locked.HoldAsync(database, "logs", Token))
        {
            first = _upkeep.Start("run", "--ignore-window");
            await first.UntilAsync(() => database.ScalarAsync<bool>(DumpWaits, Token));

            var second = await _upkeep.RunAsync("run", "--ignore-window");
            var other = await elsewhere.RunAsync("run", "--ignore-window");

            second.Status.ShouldBe(6, second.Said);
            second.Error.ShouldContain($"process {first.Id} on {Environment.MachineName}) since 20");
            other.Status.ShouldBe(6, other.Said);
            other.Error.ShouldContain("upkeep run since 20");
            other.Error.ShouldContain("in the same database");
        }
        using (first)
            (await first.EndAsync()).Status.ShouldBeOneOf(0, 3);
    }

    [Fact]
    public async Task Sigterm_in_the_middle_of_retention_keeps_what_is_done_and_resume_does_the_rest()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Logs + SlowDelete);
        _upkeep.Configure(UpkeepFolder.Url(database), "throttle:\n  enabled: false\n  batchTarget: 5 ms\nretention:\n  rules:\n    - { table: logs, column: at, keep: 30 days }\n");
        using var run = _upkeep.Start("run", "--ignore-window");
        await run.UntilAsync(() => database.ScalarAsync<bool>("select count(*) < 86400 from logs", Token));

        await run.SignalAsync("TERM");

        var stopped = await run.EndAsync();
        stopped.Status.ShouldBe(7, stopped.Said);
        stopped.Error.ShouldContain("upkeep run --resume");
        var left = await database.ScalarAsync<long>("select count(*) from logs", Token);
        left.ShouldBeGreaterThan(43200, "it was stopped before its end");
        (left + await ArchivedRows.CountAsync(_upkeep.Root, Token)).ShouldBe(86400);
        await database.ExecuteAsync("drop trigger slow on logs", Token);
        await ResumesAsync();
        left = await database.ScalarAsync<long>("select count(*) from logs", Token);
        left.ShouldBeInRange(43190, 43200);
        (left + await ArchivedRows.CountAsync(_upkeep.Root, Token)).ShouldBe(86400);
    }

    [Fact]
    public async Task A_second_signal_ends_the_batch_too_and_not_a_row_is_lost()
    {
        // One row takes longer than anybody waits: only the second signal gets out of it.
        await using var database = await server.CreateDatabaseAsync(Token, Logs + SlowDelete.Replace("0.002", "600", StringComparison.Ordinal).Replace("old.id % 8 = 0", "old.id = 60000", StringComparison.Ordinal));
        _upkeep.Configure(UpkeepFolder.Url(database), "throttle:\n  enabled: false\n  batchTarget: 5 ms\nretention:\n  rules:\n    - { table: logs, column: at, keep: 30 days }\n");
        using var run = _upkeep.Start("run", "--ignore-window");
        await run.UntilAsync(() => database.ScalarAsync<bool>("select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')", Token));

        await run.SignalAsync("TERM");
        await run.UntilAsync(() => Task.FromResult(run.ErrorSoFar.Contains("Once more stops at once", StringComparison.Ordinal)));
        await run.SignalAsync("TERM");

        var stopped = await run.EndAsync();
        stopped.Status.ShouldBe(7, stopped.Said);
        await database.ExecuteAsync("drop trigger slow on logs", Token);
        await ResumesAsync();
        (await database.ScalarAsync<long>("select count(*) from logs", Token) + await ArchivedRows.CountAsync(_upkeep.Root, Token)).ShouldBe(86400);
    }

    public void Dispose() => _upkeep.Dispose();

    private async Task ResumesAsync()
    {
        var resumed = await _upkeep.RunAsync("run", "--resume", "--format", "json");
        resumed.Status.ShouldBeOneOf(0, 3);
        resumed.Json().Statuses().ShouldAllBe(step => step.Value == "succeeded" || step.Value == "attention" || step.Value == "skipped");
        resumed.Json().Step("preparation.backup").Text("status").ShouldBe("succeeded");
    }
}
