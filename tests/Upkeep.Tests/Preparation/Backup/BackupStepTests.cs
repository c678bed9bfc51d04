using Npgsql;
using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Preparation.Backup;
using Upkeep.Testing;
using static Upkeep.Tests.Preparation.Backup.BackupCase;

namespace Upkeep.Tests.Preparation.Backup;

public sealed class BackupStepTests(PostgresServer server)
{
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

    private static async Task<DatabaseDigest> DigestAsync(DatabaseDoor door)
    {
        var wait = TimeSpan.FromSeconds(5);
        await using var snapshot = await SnapshotSession.ExportAsync(door, wait, Token);
        return await new DigestReader(door).ReadAsync(snapshot, await DigestScope.ReadAsync(snapshot.Connection, Token), 2, wait, null, Token);
    }
}
