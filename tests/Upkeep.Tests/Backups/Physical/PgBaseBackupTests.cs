using Npgsql;
using Upkeep.Backups;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Testing;
using Upkeep.Tests.Preparation.Backup;
using static Upkeep.Tests.Backups.Physical.CopiedCluster;

namespace Upkeep.Tests.Backups.Physical;

/// <summary>Copies by pg_basebackup, restored on real servers.</summary>
[Collection(nameof(CopiedCluster))]
public sealed class PgBaseBackupTests(CopiedCluster server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_restored_is_what_the_manifest_says_however_busy_the_writers_were()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        using var harness = new StepHarness();
        await using var writers = Writers.Start(database);
        await writers.WroteAsync(200, Token);

        var (manifest, problem) = await Taker(database.Door, harness).TakeAsync(Request(), Token);

        problem.ShouldBeNull();
        await writers.WroteAsync(writers.Written + 200, Token);
        await writers.DisposeAsync();
        manifest!.Point!.Exact.ShouldBeTrue();
        var read = await Engine(database.Door, harness).ReadBackAsync(manifest, Folder(harness), Token);
        read.Holds.ShouldBeTrue(read.Summary);
        read.Summary.ShouldContain("its log reads up to");
        var scratch = Scratch();
        var (copy, unrestored) = await Engine(database.Door, harness).RestoreAsync(manifest, Folder(harness), new RestoreRequest(scratch, (_, _, _) => { }), Token);
        unrestored.ShouldBeNull();
        await using (copy)
        {
            (await DifferencesAsync(manifest, copy!.Door, Token)).ShouldBeEmpty();
            copy.Phases.Select(phase => phase.Name).ShouldBe(["files laid out", "log replayed", "server started"]);
        }
        Directory.Exists(scratch).ShouldBeFalse();
    }

    [Fact]
    public async Task One_database_of_a_copied_server_becomes_a_new_one_beside_the_others_row_for_row()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        using var harness = new StepHarness();
        var (manifest, problem) = await Taker(database.Door, harness).TakeAsync(Request(), Token);
        problem.ShouldBeNull();
        await database.ExecuteAsync("delete from events where id > 10", Token);
        var scratch = Scratch();
        var settings = Settings(harness) with { Restore = new RestoreSettings { Folder = scratch } };

        var outcome = await new NewDatabaseRestorer(database.Door, PostgresServer.Programs, settings, harness.Root, TimeProvider.System)
            .RestoreAsync(new StoredBackup(Name, Folder(harness), manifest, null), database.Name + "_copy", (_, _, _) => { }, Token);

        outcome.ShouldBeOfType<IntoOutcome.Restored>(outcome.ToString()).Findings.Problems.ShouldBeEmpty();
        await using var copy = new TestDatabase(server.Cluster, database.Name + "_copy");
        (await copy.ScalarAsync<long>("select count(*) from events", Token)).ShouldBe(3000);
        Directory.EnumerateFileSystemEntries(scratch).ShouldBeEmpty();
        Directory.Delete(scratch);
    }

    [Fact]
    public async Task A_copy_keeps_its_table_spaces_and_none_of_productions_settings_and_lets_nobody_in_but_us()
    {
        await using var space = await ServerOwned.CreateAsync(Token);
        await using var database = await server.CreateDatabaseAsync(Token);
        foreach (var statement in new[] { "create role shop login superuser", "create unlogged table cache as select 1 as id", $"create tablespace fast location '{space.Path}'", "create table fast_ones tablespace fast as select 1 as id",
            "alter system set primary_conninfo = 'host=production.invalid'", "alter system set restore_command = 'false'" })
            await database.ExecuteAsync(statement, Token);
        using var harness = new StepHarness();
        await database.ExecuteAsync("begin; insert into events values (9000001, 'prepared', now()); prepare transaction 'half';", Token);

        var (manifest, problem) = await Taker(database.Door, harness, TimeSpan.FromMilliseconds(200)).TakeAsync(Request(), Token);

        problem.ShouldBeNull();
        foreach (var statement in new[] { "rollback prepared 'half'", "alter system reset all", "drop table fast_ones", "drop tablespace fast" })
            await database.ExecuteAsync(statement, Token);
        // Somebody was under way all the time: it says so, and doesn't claim more.
        manifest!.Point!.Exact.ShouldBeFalse();
        manifest.Content.NotCovered.ShouldHaveSingleItem().What.ShouldBe("public.cache");
        var (copy, unrestored) = await Engine(database.Door, harness).RestoreAsync(manifest, Folder(harness), new RestoreRequest(Scratch(), (_, _, _) => { }), Token);
        unrestored.ShouldBeNull();
        await using (copy)
        {
            (await DifferencesAsync(manifest, copy!.Door, Token)).ShouldBeEmpty();
            (await copy.Door.ScalarAsync<string>("select gid from pg_prepared_xacts", Token)).ShouldBe("half");
            (await copy.Door.ScalarAsync<string>("select pg_tablespace_location(oid) from pg_tablespace where spcname = 'fast'", Token)).ShouldBe(Path.Combine(copy.Cluster.Folder, "tablespaces", await SpaceAsync(copy)));
            (await copy.Door.ScalarAsync<string>("select current_setting('primary_conninfo') || current_setting('restore_command') || current_setting('archive_mode')", Token)).ShouldBe("off");
            foreach (var (user, password) in new[] { ("shop", null), ("shop", "shop"), (new NpgsqlConnectionStringBuilder(copy.Cluster.ConnectionString()).Username!, null) })
            {
                var stranger = new NpgsqlConnectionStringBuilder(copy.Cluster.ConnectionString(database.Name)) { Username = user, Password = password, Pooling = false };
                await using var connection = new NpgsqlConnection(stranger.ConnectionString);
                await Should.ThrowAsync<NpgsqlException>(() => connection.OpenAsync(Token));
            }
        }
    }

    [Fact]
    public async Task A_flipped_byte_in_the_copy_and_a_damaged_log_are_found_when_it_is_read_back()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        using var harness = new StepHarness();
        var (manifest, problem) = await Taker(database.Door, harness).TakeAsync(Request(), Token);
        problem.ShouldBeNull();
        var files = manifest!.Files.Select(file => Path.Combine(Folder(harness), file.Path)).ToList();
        files.ShouldContain(file => file.EndsWith("base/base.tar.gz", StringComparison.Ordinal) || file.EndsWith("base/base.tar.zst", StringComparison.Ordinal));
        // The log is read from the copy's beginning to its end, wherever in the first segment that begins: so all of it is damaged. Any one
        // byte of it is the checksums' to find.
        foreach (var (file, all) in files.Where(file => !file.Contains("/wal/", StringComparison.Ordinal)).Select(file => (file, false))
            .Append((files.Where(file => file.Contains("/wal/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).First(), true)))
        {
            await FlipAsync(file, all);

            var read = await Engine(database.Door, harness).ReadBackAsync(manifest, Folder(harness), Token);

            read.Holds.ShouldBeFalse($"{file}: {read.Summary}");
            await FlipAsync(file, all);
        }
        var whole = await Engine(database.Door, harness).ReadBackAsync(manifest, Folder(harness), Token);
        whole.Holds.ShouldBeTrue(whole.Summary);
    }

    [Fact]
    public async Task A_copy_whose_log_is_gone_is_not_restored_and_says_what_is_missing()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        using var harness = new StepHarness();
        var (manifest, _) = await Taker(database.Door, harness).TakeAsync(Request(), Token);
        foreach (var segment in Directory.EnumerateFiles(Path.Combine(Folder(harness), "dump", "wal")).ToList())
            File.Delete(segment);
        var scratch = Scratch();

        var (copy, problem) = await Engine(database.Door, harness).RestoreAsync(manifest!, Folder(harness), new RestoreRequest(scratch, (_, _, _) => { }), Token);

        copy.ShouldBeNull();
        problem!.What.ShouldContain("could not locate required checkpoint record");
        Directory.Exists(scratch).ShouldBeFalse();
    }

    // Twice is as before.
    private static async Task FlipAsync(string file, bool all)
    {
        var bytes = await File.ReadAllBytesAsync(file, Token);
        for (var place = all ? 0 : (int)(bytes.Length * 0.6); place < (all ? bytes.Length : (int)(bytes.Length * 0.6) + 1); place++)
            bytes[place] ^= 0x10;
        await File.WriteAllBytesAsync(file, bytes, Token);
    }

    private static async Task<string> SpaceAsync(RestoredCopy copy) => (await copy.Door.ScalarAsync<string>("select oid::text from pg_tablespace where spcname = 'fast'", Token))!;
}
