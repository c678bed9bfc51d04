using Npgsql;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;
using Upkeep.Testing;
using static Upkeep.Tests.Database.Retention.RetentionCase;

namespace Upkeep.Tests.Database.Retention;

public sealed class RetentionTroubleTests(PostgresServer server)
{
    private const string Logs = """
        create table public.logs (id int primary key, at timestamptz, note text);
        insert into public.logs select g, now() - (g % 200) * interval '1 day', md5(g::text) from generate_series(1, 40000) g;
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_full_disk_nothing_is_deleted_that_is_not_archived()
    {
        using var folder = new StepHarness();
        await using var disk = await SmallDisk.MountAsync(Path.Combine(folder.Root, "small"), "256k", Token);
        await using var test = await CreateAsync(server, Logs, Rule("logs"), settings => settings with { Retention = settings.Retention with { ArchiveFolder = disk.Folder }, Throttle = new() { BatchTarget = TimeSpan.FromMilliseconds(20) } });
        var before = await test.ContentAsync("logs");

        var end = await test.RunAsync();

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason.ShouldNotBeNull().ShouldContain("the archive can't be written");
        (test.Effect.Deleted + await test.CountAsync("logs")).ShouldBe(40000);
        // What fits may leave no room for the list of it: then the undo makes it, once there is room.
        if (test.Effect.Leaves[0].Manifest is null)
            await disk.GrowAsync("4m", Token);
        if (test.Effect.Deleted > 0)
            (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.ContentAsync("logs")).ShouldBe(before);
    }

    [Fact]
    public async Task An_alter_table_in_the_middle_makes_batches_yield_and_gets_through()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"), settings => settings with { Throttle = new() { BatchTarget = TimeSpan.FromSeconds(20) } });
        var running = test.RunAsync();
        await using var other = await OpenAsync(test);
        while (!await other.ScalarAsync<bool>("select exists (select from pg_locks where relation = 'public.logs'::regclass and mode = 'RowExclusiveLock')", Token))
            await Task.Yield();

        await other.ExecuteAsync("alter table public.logs alter column note set default 'none'", Token);

        (await running).Status.ShouldBe(StepStatus.Succeeded);
        test.Codes.ShouldContain("yielded");
        test.Effect.Leaves[0].Yields.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_column_added_in_the_middle_ends_the_work_on_that_table_before_its_values_would_be_lost()
    {
        await using var test = await CreateAsync(server, Logs + "create table public.other (at timestamptz); insert into public.other values ('2026-01-01');", [Rule("logs"), Rule("other")], settings => settings with { Throttle = new() { BatchTarget = TimeSpan.FromSeconds(20) } });
        var running = test.RunAsync();
        await using var other = await OpenAsync(test);
        while (!await other.ScalarAsync<bool>("select exists (select from pg_locks where relation = 'public.logs'::regclass and mode = 'RowExclusiveLock')", Token))
            await Task.Yield();

        await other.ExecuteAsync("alter table public.logs add column extra int default 7", Token);

        var end = await running;
        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason.ShouldNotBeNull().ShouldContain("altered");
        (await test.CountAsync("other")).ShouldBe(0);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.CountAsync("logs")).ShouldBe(40000);
    }

    [Fact]
    public async Task A_table_that_stays_locked_is_reported_and_the_others_go_on()
    {
        await using var test = await CreateAsync(server, Logs + "create table public.other (at timestamptz); insert into public.other values ('2026-01-01');", [Rule("logs"), Rule("other")], settings => settings with { Throttle = new() { Enabled = false, Patience = TimeSpan.FromMilliseconds(300) } });
        await using var holder = await OpenAsync(test);
        await holder.ExecuteAsync("begin; lock table public.logs in share row exclusive mode", Token);

        var end = await test.RunAsync();

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason.ShouldNotBeNull().ShouldContain("locked by others");
        test.Codes.ShouldContain("table-not-finished");
        (await test.CountAsync("other")).ShouldBe(0);
        await holder.ExecuteAsync("rollback", Token);
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
    }

    [Fact]
    public async Task Rows_that_others_have_locked_are_left_and_reported()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        await using var holder = await OpenAsync(test);
        await holder.ExecuteAsync("begin; select 1 from public.logs where id in (100, 20100) for update", Token);

        var end = await test.RunAsync();

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        test.Codes.ShouldContain("locked-rows-left");
        (await test.CountAsync("logs", "at < now() - interval '31 days'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_table_dropped_after_the_look_is_reported()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        await using var other = await OpenAsync(test);
        await other.ExecuteAsync("begin; lock table public.logs in share row exclusive mode", Token);
        var running = test.RunAsync();
        while (!await other.ScalarAsync<bool>("select exists (select from pg_locks where relation = 'public.logs'::regclass and not granted)", Token))
            await Task.Yield();
        await other.ExecuteAsync("drop table public.logs; commit", Token);

        var end = await running;
        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason.ShouldNotBeNull().ShouldContain("dropped or altered");
    }

    [Fact]
    public async Task Sessions_that_the_server_ends_are_opened_again()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"), settings => settings with { Throttle = new() { BatchTarget = TimeSpan.FromMilliseconds(20) } });
        var before = await test.ContentAsync("logs");
        var running = test.RunAsync();
        await using var other = await OpenAsync(test);
        for (var ended = 0L; ended < 3 && !running.IsCompleted;)
            ended += await other.ScalarAsync<long>("select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'upkeep' and datname = current_database() and query ilike 'copy (delete%') k", Token);

        var end = await running;
        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        (test.Effect.Deleted + await test.CountAsync("logs")).ShouldBe(40000);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.ContentAsync("logs")).ShouldBe(before);
    }

    [Fact]
    public async Task A_stop_keeps_what_is_done_and_a_resume_goes_on()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"), settings => settings with { Throttle = new() { BatchTarget = TimeSpan.FromMilliseconds(10) } });
        var running = test.RunAsync();
        await using var other = await OpenAsync(test);
        while (!await other.ScalarAsync<bool>("select count(*) < 40000 from public.logs", Token))
            await Task.Yield();
        test.Harness.Stop.Request("window over");
        (await running).Status.ShouldBe(StepStatus.Deferred);
        var first = test.Effect.Deleted;

        test.Harness.Stop = new StopSignal();
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);

        test.Effect.Deleted.ShouldBeGreaterThan(first);
        (test.Effect.Deleted + await test.CountAsync("logs")).ShouldBe(40000);
    }

    [Fact]
    public async Task Rows_whose_key_is_taken_by_now_stay_in_the_archive_and_are_counted()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        await test.Database.ExecuteAsync("insert into public.logs values (100, now(), 'newcomer')", Token);

        var proof = await test.UndoAsync();

        proof.Holds.ShouldBeFalse();
        proof.Summary.ShouldContain("1 row stays in the archive");
        (await test.CountAsync("logs")).ShouldBe(40000);
        (await test.CountAsync("logs", "note = 'newcomer'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_damaged_archive_is_found_by_the_undo_and_nothing_of_it_is_used()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        var left = await test.CountAsync("logs");
        var file = Path.Combine(test.Harness.Folder, "database/archive/retention/01-public.logs/rows-1.copy.zst");
        var bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Token);

        var proof = await test.UndoAsync();

        proof.Holds.ShouldBeFalse();
        proof.Summary.ShouldContain("SHA-256 differs");
        (await test.CountAsync("logs")).ShouldBe(left);
    }

    [Fact]
    public async Task After_a_proven_undo_the_step_can_act_again()
    {
        await using var test = await CreateAsync(server, Logs, [Rule("logs"), Rule("public.nowhere")]);
        var before = await test.ContentAsync("logs");
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Failed);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Failed);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.ContentAsync("logs")).ShouldBe(before);
    }

    private static async Task<NpgsqlConnection> OpenAsync(RetentionCase test)
    {
        var connection = new NpgsqlConnection(test.Database.ConnectionString);
        await connection.OpenAsync(Token);
        return connection;
    }
}
