using Npgsql;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Postgres;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback;

/// <summary>A full rollback that can't be, or that meets writers, a full disk, a restarted server: the live database is never the worse for it.</summary>
public sealed class RollbackTroubleTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_with_one_flipped_byte_is_refused_and_nothing_is_touched()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var before = await test.ContentAsync();
        var file = Directory.GetFiles(Path.Combine(test.Root, "backups", RollbackCase.Backup, "dump"), "*.dat.gz").OrderByDescending(path => new FileInfo(path).Length).First();
        var bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Token);

        var steps = RollbackCase.Steps(await test.FullAsync());

        steps[0].Status.ShouldBe(StepStatus.Refused);
        steps[0].Reason!.ShouldContain("not as it was written");
        (await test.NamesAsync()).Count.ShouldBe(1);
        (await test.ContentAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_restored_database_that_is_not_what_the_manifest_says_is_taken_away_again()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var before = await test.ContentAsync();
        var manifest = Path.Combine(test.Root, "backups", RollbackCase.Backup, "manifest.json");
        var text = await File.ReadAllTextAsync(manifest, Token);
        await File.WriteAllTextAsync(manifest, text.Replace("\"rows\": 50,", "\"rows\": 51,", StringComparison.Ordinal), Token);

        var outcome = (await test.FullAsync()).ShouldBeOfType<RollbackOutcome.Full>();

        outcome.Steps[0].Status.ShouldBe(StepStatus.Failed);
        outcome.Steps[0].Reason!.ShouldContain("public.customers has 50 rows where 51 were");
        outcome.CleanUp!.Holds.ShouldBeTrue(outcome.CleanUp.Summary);
        outcome.Status.ShouldBe(RunStatus.Succeeded);
        (await test.NamesAsync()).Count.ShouldBe(1);
        (await test.ContentAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_service_of_which_nobody_can_tell_whether_it_runs_refuses_the_rollback_before_anything_is_touched()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var misspelt = new ServiceSettings { Name = "shop", Kind = ServiceKind.Pm2, Program = "/nowhere/pm2" };

        var steps = RollbackCase.Steps(await test.FullAsync(configuration: test.Configuration with { Rollback = new RollbackSettings { Services = [misspelt] } }));

        steps[0].Status.ShouldBe(StepStatus.Refused);
        steps[0].Reason!.ShouldContain("shop");
        steps[0].Reason!.ShouldContain("may be at work");
        steps[0].Hint.ShouldNotBeNull();
        (await test.NamesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_swap_that_is_committed_stands_though_nobody_can_look_at_it_afterwards()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var backedUp = await test.ContentAsync();
        await test.ExecuteAsync("delete from orders");
        await using var doors = Doors.Open(test.Configuration, Upkeep.Redaction.Redactor.None, TimeProvider.System);
        using var now = CancellationTokenSource.CreateLinkedTokenSource(Token);
        // Cancelled at the first word after the swap: the starting of services.
        var rollback = new FullRollback(new Platform(test.Configuration, "", doors, []), happened =>
        {
            if (happened is RunEvent.StepMoved { Progress: { Unit: "phases", Subject: "start services" } })
                now.Cancel();
        });

        var outcome = (await rollback.RunAsync(new FullRollbackRequest(RollbackCase.Run, Upkeep.Rollback.Rows.CarryOver.No), test.Stop, now.Token)).ShouldBeOfType<RollbackOutcome.Full>();

        outcome.CleanUp.ShouldBeNull();
        (await test.ContentAsync()).ShouldBe(backedUp);
        (await test.UndoStepsAsync()).ShouldBeOfType<RollbackOutcome.Refused>().Reason.ShouldContain(RollbackCase.Run);
        RollbackCase.Steps(await test.FullAsync())[0].Status.ShouldBe(StepStatus.Succeeded);
        (await test.ContentAsync()).ShouldBe(backedUp);
    }

    [Fact]
    public async Task Without_the_right_to_make_databases_it_says_which_rights_lack_and_touches_nothing()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var limited = await test.Database.LimitedAsync(Token);

        var steps = RollbackCase.Steps(await test.FullAsync(configuration: test.Configuration with { Database = limited }));

        steps[0].Status.ShouldBe(StepStatus.Refused);
        steps[0].Reason!.ShouldContain("CREATEDB");
        steps[0].Hint!.ShouldContain("ALTER ROLE");
        steps[0].Hint!.ShouldContain("GRANT pg_signal_backend");
        (await test.NamesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_owner_who_may_make_databases_and_end_sessions_needs_be_no_superuser()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var owner = await test.Database.LimitedAsync(Token, "alter role {0} createdb; grant pg_signal_backend to {0}");
        var role = $"limited_{test.Database.Name}";
        await test.ExecuteAsync($"""
            alter database {test.Database.Name} owner to {role}; alter schema public owner to {role};
            alter table customers owner to {role}; alter table orders owner to {role}; alter table seen owner to {role}; alter function log_order() owner to {role}
            """);
        await using var again = await RollbackCase.AgainAsync(test);
        var backedUp = await again.ContentAsync();
        await again.ExecuteAsync("delete from orders");
        NpgsqlConnection.ClearAllPools();

        var steps = RollbackCase.Steps(await again.FullAsync(configuration: again.Configuration with { Database = owner }));

        steps[0].Status.ShouldBe(StepStatus.Succeeded, steps[0].Reason);
        (await again.ContentAsync()).ShouldBe(backedUp);
    }

    [Fact]
    public async Task A_database_that_subscribes_to_another_is_not_swapped_before_that_is_off()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var name = $"sub_{test.Database.Name}";
        await test.ExecuteAsync($"create subscription {name} connection 'host=127.0.0.1 port=1' publication p with (connect = false)");
        await test.ExecuteAsync($"alter subscription {name} enable");

        var refused = RollbackCase.Steps(await test.FullAsync())[0];
        await test.ExecuteAsync($"alter subscription {name} disable");
        var done = RollbackCase.Steps(await test.FullAsync())[0];

        refused.Status.ShouldBe(StepStatus.Refused);
        refused.Hint!.ShouldContain("DISABLE");
        done.Status.ShouldBe(StepStatus.Succeeded, done.Reason);
        done.Findings.ShouldContain(finding => finding.Code == "subscription-off");
        var replaced = (await test.NamesAsync())[1];
        await test.ExecuteAsync($"alter subscription {name} set (slot_name = none)", replaced);
        await test.ExecuteAsync($"drop subscription {name}", replaced);
    }

    [Fact]
    public async Task Every_write_that_was_acknowledged_during_the_swap_is_in_one_of_both_databases()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await using var writers = SwapWriters.Start(test.Database, 4);
        await writers.WroteAsync(50, Token);

        var full = RollbackCase.Steps(await test.FullAsync());
        await writers.WroteAsync(writers.Count + 50, Token);
        await writers.DisposeAsync();

        full[0].Status.ShouldBe(StepStatus.Succeeded, full[0].Reason);
        full[0].Measures.ShouldContain(measure => measure.Name == "sessions_ended" && measure.After >= 4);
        var replaced = (await test.NamesAsync()).Single(name => name.Contains("_replaced_", StringComparison.Ordinal));
        var found = new HashSet<string>();
        foreach (var database in new[] { test.Database.Name, replaced })
            found.UnionWith((await test.ScalarAsync<string[]>("select coalesce(array_agg(note), '{}') from orders where note like 'w-%'", database))!);
        writers.Acknowledged.Except(found).ShouldBeEmpty();
        // An id of the replaced database is never given out again.
        (await test.ScalarAsync<long>("select min(id) from orders where note like 'w-%'")).ShouldBeGreaterThan(await test.ScalarAsync<long>("select max(id) from orders", replaced));
    }

    [Fact]
    public async Task A_server_restarted_while_the_backup_is_restored_leaves_the_live_database_and_it_can_be_repeated()
    {
        await using var cluster = await TemporaryCluster.StartAsync(Path.Combine(Path.GetTempPath(), $"upkeep-rollback-restart-{Environment.ProcessId}"), ["fsync = off"], PostgresServer.Programs, Token);
        await using var test = await RollbackCase.OnAsync(cluster, RollbackCase.Shop + "insert into orders (customer, note) select 1 + g % 50, repeat('x', 200) from generate_series(1, 60000) g;");
        var before = await test.ContentAsync();
        var rollback = test.FullAsync();
        while (!test.Heard.ToArray().Any(happened => happened is Upkeep.Running.RunEvent.StepMoved { Progress.Subject: "restore beside" }))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
        await cluster.StopServerAsync("immediate", Token);
        await cluster.StartServerAsync(Token);

        var outcome = (await rollback).ShouldBeOfType<RollbackOutcome.Full>();

        outcome.Steps[0].Status.ShouldBe(StepStatus.Failed);
        (await test.ContentAsync()).ShouldBe(before);
        RollbackCase.Steps(await test.FullAsync())[0].Status.ShouldBe(StepStatus.Succeeded);
        (await test.ContentAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_full_disk_of_the_server_ends_the_restore_and_what_is_there_of_it_is_taken_away()
    {
        // A server of the test's own: one whose disk is full can't write its checkpoints either.
        await using var cluster = await TemporaryCluster.StartAsync(Path.Combine(Path.GetTempPath(), $"upkeep-rollback-full-{Environment.ProcessId}"), ["fsync = off"], PostgresServer.Programs, Token);
        await using var disk = await SmallDisk.MountAsync(Path.Combine(Path.GetTempPath(), $"upkeep-small-{Environment.ProcessId}-rollback"), "50m", Token);
        // The server's own user owns its folders.
        await PostgresServer.Programs.RunAsync("chown", ["--reference", Path.Combine(cluster.Folder, "data"), disk.Folder], new Dictionary<string, string?>(), null, Token);
        await using var test = await RollbackCase.OnAsync(cluster, RollbackCase.Shop + "create table ballast (b text); insert into ballast select repeat(md5(g::text), 60) from generate_series(1, 14000) g;");
        var before = await test.ContentAsync();
        NpgsqlConnection.ClearAllPools();
        await test.ExecuteAsync($"create tablespace small location '{disk.Folder}'", "postgres");
        await test.ExecuteAsync("alter database shop set tablespace small", "postgres");

        var outcome = (await test.FullAsync()).ShouldBeOfType<RollbackOutcome.Full>();

        outcome.Steps[0].Status.ShouldBe(StepStatus.Failed);
        outcome.Steps[0].Reason!.ShouldContain("No space left");
        outcome.CleanUp!.Holds.ShouldBeTrue(outcome.CleanUp.Summary);
        (await test.NamesAsync()).Count.ShouldBe(1);
        (await test.ContentAsync()).ShouldBe(before);
        await cluster.StopServerAsync("immediate", Token);
    }
}
