using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Preparation.Backup;
using Upkeep.Testing;
using static Upkeep.Tests.Preparation.Backup.BackupCase;

namespace Upkeep.Tests.Preparation.Backup;

/// <summary>A backup that is killed, stopped, locked out, starved of disk, damaged, or found half done.</summary>
public sealed class BackupTroubleTests(PostgresServer server)
{
    private const string Waiting =
        $"select count(*) from pg_stat_activity where application_name = 'upkeep {Name}' and datname = current_database() and wait_event_type = 'Lock'";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_pg_dump_is_a_failure_that_leaves_nothing_and_can_be_repeated()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        await using var blocker = await Locked.HoldAsync(database, "events", Token);
        var running = harness.RunAsync(Token, Step(database.Door, harness));
        await KillDumpAsync(database, harness, running);
        await blocker.DisposeAsync();

        var end = await running;

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason!.ShouldContain("killed by signal 9");
        Directory.GetFileSystemEntries(Folder(harness)).ShouldBeEmpty();
        (await harness.RunAsync(Token, Step(database.Door, harness))).Status.ShouldBe(StepStatus.Succeeded);
    }

    [Fact]
    public async Task A_table_locked_by_another_session_is_named_with_its_holder()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        await using var blocker = await Locked.HoldAsync(database, "events", Token);

        var (manifest, problem) = await Taker(database.Door, harness, TimeSpan.FromMilliseconds(300)).TakeAsync(Request(), Token);

        manifest.ShouldBeNull();
        problem!.What.ShouldContain("public.events");
        problem.What.ShouldContain($"session {blocker.ProcessId}");
        Directory.GetFileSystemEntries(Folder(harness)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_backup_of_this_run_that_the_journal_had_not_heard_of_is_kept()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        var step = Step(database.Door, harness);
        var survey = new BackupSurvey(Name, database.Name, "15", new Dictionary<string, string>(), 1, 1, 3);
        harness.Journal.Append(StepHarness.Run, Id, new StepStarted("", "change"));
        harness.Journal.Append(StepHarness.Run, Id, new StepSurveyed(JournalJson.ToElement(survey), ""));
        harness.Journal.Append(StepHarness.Run, Id, new ActIntended());
        var (manifest, _) = await Taker(database.Door, harness).TakeAsync(Request(), Token);
        Directory.CreateDirectory(Path.Combine(Folder(harness), Name + ".part", "dump-left-behind"));

        var end = await harness.RunAsync(Token, step);

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        (await new BackupStore(Folder(harness)).ReadManifestAsync(Name, Token))!.Snapshot.ShouldBe(manifest!.Snapshot);
    }

    [Fact]
    public async Task A_dump_that_outlived_a_killed_upkeep_is_ended_and_can_not_write_into_the_next()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        await using var blocker = await Locked.HoldAsync(database, "events", Token);
        var orphans = new BackupStore(Folder(harness)).Begin(Name);
        var orphan = await OrphanAsync(database, Path.Combine(orphans, "dump-of-the-killed"));

        var taking = Taker(database.Door, harness).TakeAsync(Request(), Token);
        var ended = await orphan;
        await blocker.DisposeAsync();
        var (manifest, problem) = await taking;

        ended.ExitCode.ShouldNotBe(0);
        problem.ShouldBeNull();
        manifest!.Files.ShouldAllBe(file => file.Path.StartsWith("dump/", StringComparison.Ordinal));
        Directory.GetFileSystemEntries(Folder(harness)).ShouldBe([Path.Combine(Folder(harness), Name)]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_and_a_cancellation_end_the_dump_and_leave_nothing(bool stop)
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using (await Locked.HoldAsync(database, "events", Token))
        {
            var running = harness.RunAsync(cancel.Token, Step(database.Door, harness));
            while (!running.IsCompleted && await database.ScalarAsync<long>(Waiting, Token) == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
            if (stop)
                harness.Stop.Request("the operator asked");
            else
                await cancel.CancelAsync();

            (await running).Status.ShouldBe(StepStatus.Deferred);
        }

        Directory.GetFileSystemEntries(Folder(harness)).ShouldBeEmpty();
        (await database.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and application_name like 'upkeep pre-%'", Token)).ShouldBe(0);
        harness.Stop = new Upkeep.Running.StopSignal();
        (await harness.RunAsync(Token, Step(database.Door, harness))).Status.ShouldBe(StepStatus.Succeeded);
    }

    [Fact]
    public async Task A_disk_that_fills_up_while_dumping_is_a_failure_that_leaves_nothing()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            "create table noise as select g, md5(random()::text) || md5(random()::text) as t from generate_series(1, 100000) g;");
        using var harness = new StepHarness();
        await using var disk = await SmallDisk.MountAsync(Path.Combine(harness.Root, "disk"), "2m", Token);
        var settings = new BackupSettings { Folder = disk.Folder };

        var (manifest, problem) = await new BackupTaker(database.Door, PostgresServer.Programs, settings, TimeProvider.System).TakeAsync(Request(), Token);

        manifest.ShouldBeNull();
        problem!.What.ShouldContain("No space left on device");
        problem.Hint!.ShouldContain("Free space");
        Directory.GetFileSystemEntries(disk.Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Too_little_disk_is_refused_with_figures_before_anything_is_written()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        await using var disk = await SmallDisk.MountAsync(Path.Combine(harness.Root, "disk"), "2m", Token);
        var settings = new BackupSettings { Folder = Path.Combine(disk.Folder, "backups") };

        var end = await harness.RunAsync(Token, new BackupStep(database.Door, PostgresServer.Programs, settings, TimeProvider.System));

        end.Status.ShouldBe(StepStatus.Refused);
        end.Reason!.ShouldContain("2.0 MiB are free");
        Directory.GetFileSystemEntries(disk.Folder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("missing")]
    [InlineData("added")]
    public async Task A_file_that_is_not_what_was_written_is_seen(string damage)
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        var (manifest, _) = await Taker(database.Door, harness).TakeAsync(Request(), Token);
        var store = new BackupStore(Folder(harness));
        (await store.CompareFilesAsync(manifest!, Token)).ShouldBeEmpty();
        var file = Path.Combine(store.Folder(Name), manifest!.Files[0].Path);
        switch (damage)
        {
            case "changed":
                var bytes = await File.ReadAllBytesAsync(file, Token);
                bytes[^1] ^= 1;
                await File.WriteAllBytesAsync(file, bytes, Token);
                break;
            case "missing":
                File.Delete(file);
                break;
            default:
                await File.WriteAllTextAsync(file + ".extra", "x", Token);
                break;
        }

        (await store.CompareFilesAsync(manifest, Token)).ShouldHaveSingleItem().ShouldContain(manifest.Files[0].Path);
    }

    private static async Task<Task<Upkeep.Processes.ProgramResult>> OrphanAsync(TestDatabase database, string folder)
    {
        await using var connection = await database.Door.OpenAsync(Token);
        var environment = LibpqEnvironment.For(database.Settings, connection, $"upkeep {Name}");
        var running = PostgresServer.Programs.RunAsync(Path.Combine(ServerPrograms.Folder("pg_dump")!, "pg_dump"), ["--format=directory", $"--file={folder}", "--jobs=2"], environment, null, Token);
        while (!running.IsCompleted && await database.ScalarAsync<long>(Waiting, Token) == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        return running;
    }

    // The dump waits for the locked table, so it is surely there when it is killed. It is told from other tests' by the file it was given.
    private static async Task KillDumpAsync(TestDatabase database, StepHarness harness, Task running)
    {
        while (!running.IsCompleted && await database.ScalarAsync<long>(Waiting, Token) == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        foreach (var process in System.Diagnostics.Process.GetProcessesByName("pg_dump"))
        {
            if ((await File.ReadAllTextAsync($"/proc/{process.Id}/cmdline", Token)).Contains(harness.Root, StringComparison.Ordinal))
                process.Kill();
        }
    }
}
