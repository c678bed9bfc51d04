using Npgsql;
using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Preparation.Backup;
using Upkeep.Testing;

namespace Upkeep.Tests.Preparation.Backup;

public sealed class BackupStepTests(PostgresServer server)
{
    private const string Name = "pre-maintenance-20261122";
    private const string Id = "preparation.backup";

    private const string Waiting =
        $"select count(*) from pg_stat_activity where application_name = 'upkeep {Name}' and datname = current_database() and wait_event_type = 'Lock'";

    private const string Sample =
        """
        create table events as select g as id, 'event ' || g as title, now() as at from generate_series(1, 5000) g;
        create schema "Odd ""x"".y"; create table "Odd ""x"".y"."a'b; -- TABLE DATA" ("Sel ect" int);
        insert into "Odd ""x"".y"."a'b; -- TABLE DATA" values (1);
        create table p (a int) partition by range (a); create table p1 partition of p for values from (0) to (10); insert into p values (1);
        create sequence numbers; select nextval('numbers');
        create materialized view seen as select count(*) from events;
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_is_taken_verified_and_readable_by_its_owner_only()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();

        var end = await harness.RunAsync(Token, Step(database.Door, harness));

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        end.Undo.ShouldBe(UndoState.None);
        var folder = Path.Combine(Folder(harness), Name);
        File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.GetDirectories(Folder(harness)).ShouldBe([folder]);
        var manifest = (await new BackupStore(Folder(harness)).ReadManifestAsync(Name, Token))!;
        manifest.Run.ShouldBe(StepHarness.Run);
        manifest.Content.Tables.Select(table => (table.Name, table.Rows)).ShouldBe([("a'b; -- TABLE DATA", 1L), ("events", 5000L), ("p1", 1L)]);
        manifest.Content.NotCovered.ShouldHaveSingleItem().What.ShouldBe("public.seen");
        manifest.Files.Count.ShouldBe(4);
        harness.Facts<ArtifactWritten>(Id).ShouldHaveSingleItem().Artifact.Path.ShouldBe("preparation/backup-manifest.json");
        harness.Measures(Id).Single(measure => measure.Name == "backup_rows").Value.ShouldBe(5002);
        harness.Heard.OfType<Upkeep.Running.RunEvent.StepMoved>().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task What_is_restored_is_what_the_manifest_says_however_busy_the_writers_were()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample + "alter table events add primary key (id);");
        using var harness = new StepHarness();
        await using var writers = Writers.Start(database);
        await writers.WroteAsync(200, Token);
        var before = writers.Written;

        var end = await harness.RunAsync(Token, Step(database.Door, harness));

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        await writers.WroteAsync(before + 200, Token);
        await writers.DisposeAsync();
        var manifest = (await new BackupStore(Folder(harness)).ReadManifestAsync(Name, Token))!;
        await using var restored = await server.CreateDatabaseAsync(Token);
        var connection = new NpgsqlConnectionStringBuilder(restored.ConnectionString);
        var restore = await PostgresServer.Programs.RunAsync(Path.Combine(ServerPrograms.Folder("pg_restore")!, "pg_restore"),
            ["--host", connection.Host!, "--port", $"{connection.Port}", "--username", connection.Username!, "--dbname", restored.Name, "--exit-on-error",
                Path.Combine(Folder(harness), Name, BackupStore.DumpFolder)],
            new Dictionary<string, string?>(), null, Token);
        restore.ExitCode.ShouldBe(0, restore.Error);
        var found = await DigestAsync(restored.Door);
        found.Tables.Select(table => table with { Oid = 0 }).ShouldBe(manifest.Content.Tables.Select(table => table with { Oid = 0 }));
        (await database.ScalarAsync<long>("select count(*) from events", Token)).ShouldBeGreaterThan(manifest.Content.Tables.Single(table => table.Name == "events").Rows);
    }

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

        var (manifest, problem) = await Taker(database.Door, harness, TimeSpan.FromMilliseconds(300)).TakeAsync(await RequestAsync(), Token);

        manifest.ShouldBeNull();
        problem!.What.ShouldContain("public.events");
        problem.What.ShouldContain($"session {blocker.ProcessId}");
        Directory.GetFileSystemEntries(Folder(harness)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_role_that_may_not_read_a_table_is_told_which_and_the_grant_to_issue()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token, "grant select on events, p, p1 to {0}; grant select on numbers to {0}"));

        var end = await harness.RunAsync(Token, Step(door, harness));

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason!.ShouldContain("a'b; -- TABLE DATA");
        end.Reason!.ShouldNotContain("public.events");
        end.Hint!.ShouldContain($"GRANT SELECT ON \"Odd \"\"x\"\".y\".\"a'b; -- TABLE DATA\" TO \"limited_{database.Name}\"");
    }

    [Fact]
    public async Task A_limited_role_that_may_read_everything_makes_a_backup()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token, "grant pg_read_all_data to {0}"));

        (await harness.RunAsync(Token, Step(door, harness))).Status.ShouldBe(StepStatus.Succeeded);
    }

    [Fact]
    public async Task A_database_without_any_table_is_backed_up_too()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        using var harness = new StepHarness();

        var end = await harness.RunAsync(Token, Step(database.Door, harness));

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
    }

    [Fact]
    public async Task A_backup_of_this_run_that_the_journal_had_not_heard_of_is_kept()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        var step = Step(database.Door, harness);
        var survey = new BackupSurvey(Name, database.Name, "15", "15", 1, 1, 3);
        harness.Journal.Append(StepHarness.Run, Id, new StepStarted("", "change"));
        harness.Journal.Append(StepHarness.Run, Id, new StepSurveyed(JournalJson.ToElement(survey), ""));
        harness.Journal.Append(StepHarness.Run, Id, new ActIntended());
        var (manifest, _) = await Taker(database.Door, harness).TakeAsync(await RequestAsync(), Token);
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

        var taking = Taker(database.Door, harness).TakeAsync(await RequestAsync(), Token);
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

        var (manifest, problem) = await new BackupTaker(database.Door, PostgresServer.Programs, settings, TimeProvider.System).TakeAsync(await RequestAsync(), Token);

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
        end.Reason!.ShouldContain("2048.0 kB are free");
        Directory.GetFileSystemEntries(disk.Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_password_reaches_pg_dump_by_its_environment_only()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        await using var connection = await database.Door.OpenAsync(Token);
        var settings = new DatabaseSettings { ConnectionString = database.ConnectionString + ";Password=open sesame;SSL Mode=VerifyFull;Root Certificate=/etc/ca.pem" };

        var environment = LibpqEnvironment.For(settings, connection, "upkeep");

        environment["PGPASSWORD"].ShouldBe("open sesame");
        environment["PGSSLMODE"].ShouldBe("verify-full");
        environment["PGSSLROOTCERT"].ShouldBe("/etc/ca.pem");
        environment["PGPORT"].ShouldBe($"{database.Cluster.Port}");
        environment["PGSERVICE"].ShouldBeNull();
    }

    [Fact]
    public async Task A_backup_of_that_name_that_is_not_this_runs_is_never_touched()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        Directory.CreateDirectory(Path.Combine(Folder(harness), Name));
        await File.WriteAllTextAsync(Path.Combine(Folder(harness), Name, "precious"), "x", Token);

        var end = await harness.RunAsync(Token, Step(database.Door, harness));

        end.Status.ShouldBe(StepStatus.Refused);
        File.Exists(Path.Combine(Folder(harness), Name, "precious")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("missing")]
    [InlineData("added")]
    public async Task A_file_that_is_not_what_was_written_is_seen(string damage)
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        var (manifest, _) = await Taker(database.Door, harness).TakeAsync(await RequestAsync(), Token);
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

    [Fact]
    public async Task No_client_program_for_the_server_is_said_with_what_to_install()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        using var harness = new StepHarness();
        var settings = new BackupSettings { Folder = Folder(harness), ProgramFolder = harness.Root };

        var end = await harness.RunAsync(Token, new BackupStep(database.Door, PostgresServer.Programs, settings, TimeProvider.System));

        end.Status.ShouldBe(StepStatus.Failed);
        end.Hint!.ShouldContain("postgresql-client");
    }

    [Theory]
    [InlineData("weekly-20261122", "pre-maintenance-20261122")]
    [InlineData("weekly-20261122-2", "pre-maintenance-20261122-2")]
    [InlineData("by hand", "pre-maintenance-by hand")]
    public void The_backup_is_named_for_the_run(string run, string name) => BackupName.Of(run).ShouldBe(name);

    private static string Folder(StepHarness harness) => Directory.CreateDirectory(Path.Combine(harness.Root, "backups")).FullName;

    private static BackupSettings Settings(StepHarness harness) => new() { Folder = Folder(harness) };

    private static BackupStep Step(DatabaseDoor door, StepHarness harness) => new(door, PostgresServer.Programs, Settings(harness), TimeProvider.System);

    private static BackupTaker Taker(DatabaseDoor door, StepHarness harness, TimeSpan? lockWait = null) =>
        new(door, PostgresServer.Programs, Settings(harness), TimeProvider.System) { LockWait = lockWait ?? TimeSpan.FromSeconds(10) };

    private static async Task<BackupRequest> RequestAsync()
    {
        var (programs, _) = await DumpPrograms.FindAsync(PostgresServer.Programs, null, 13, Token);
        return new BackupRequest(Name, StepHarness.Run, programs!, (_, _, _) => { });
    }

    private static async Task<DatabaseDigest> DigestAsync(DatabaseDoor door)
    {
        var wait = TimeSpan.FromSeconds(5);
        await using var snapshot = await SnapshotSession.ExportAsync(door, wait, Token);
        return await new DigestReader(door).ReadAsync(snapshot, await DigestScope.ReadAsync(snapshot.Connection, Token), 2, wait, null, Token);
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
