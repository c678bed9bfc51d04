using Upkeep.Backups;
using Upkeep.Backups.Engines;
using Upkeep.Backups.Restoring;
using Upkeep.Postgres;
using Upkeep.Testing;
using Upkeep.Tests.Preparation.Backup;

namespace Upkeep.Tests.Backups.Physical;

/// <summary>Backups in a real pgBackRest repository, restored on real servers.</summary>
public sealed class PgBackRestTests(RestCluster server) : PgBackRestCase(server), IClassFixture<RestCluster>
{
    [Fact]
    public async Task What_is_restored_is_what_the_manifest_says_and_the_second_backup_holds_differences_only()
    {
        await using var database = await Server.CreateDatabaseAsync("first", Token);
        using var harness = new StepHarness();
        var engine = Engine(database.Door, harness);
        await using (var connection = await database.Door.OpenAsync(Token))
            (await engine.FindAsync(connection, Token)).Lacking.ShouldBeEmpty();
        var full = await TakeAsync(database.Door, harness, "pre-maintenance-20261122");
        await using var writers = Writers.Start(database);
        await writers.WroteAsync(100, Token);

        var manifest = await TakeAsync(database.Door, harness, "pre-maintenance-20261129");

        await writers.WroteAsync(writers.Written + 100, Token);
        await writers.DisposeAsync();
        full.Label!.ShouldEndWith("F");
        manifest.Label!.ShouldStartWith(full.Label + "_");
        manifest.Point!.Exact.ShouldBeTrue();
        manifest.Files.ShouldHaveSingleItem().Path.ShouldBe("dump/pgbackrest.json");
        var read = await engine.ReadBackAsync(manifest, Folder(harness, manifest), Token);
        read.Holds.ShouldBeTrue(read.Summary);
        var scratch = CopiedCluster.Scratch();
        var (copy, problem) = await engine.RestoreAsync(manifest, Folder(harness, manifest), new RestoreRequest(scratch, (_, _, _) => { }), Token);
        problem.ShouldBeNull();
        await using (copy)
        {
            (await CopiedCluster.DifferencesAsync(manifest, copy!.Door, Token)).ShouldBeEmpty();
            (await copy.Door.ScalarAsync<string>("select current_setting('restore_command') || current_setting('archive_mode')", Token)).ShouldBe("off");
        }
        Directory.Exists(scratch).ShouldBeFalse();
        // The differences need the full one, so that one stays as long as they do.
        (await engine.ForgetAsync(full, Token))!.What.ShouldContain($"{full.Label} is needed by {manifest.Label}");
        (await engine.ForgetAsync(manifest, Token)).ShouldBeNull();
        (await engine.RestoreAsync(manifest, Folder(harness, manifest), new RestoreRequest(CopiedCluster.Scratch(), (_, _, _) => { }), Token)).Problem!.What.ShouldContain("no longer holds");
        (await engine.ForgetAsync(manifest, Token)).ShouldBeNull();
        await AFlippedByteIsFoundAsync(engine, full, Folder(harness, full));
    }

    [Fact]
    public async Task A_server_that_archives_elsewhere_and_a_stanza_that_is_not_there_are_told_with_what_to_issue()
    {
        await using var database = await Server.CreateDatabaseAsync("second", Token);
        using var harness = new StepHarness();
        await using var connection = await database.Door.OpenAsync(Token);
        var unknown = new PgBackRestEngine(database.Door, PostgresServer.Programs, Settings(harness) with { PgBackRest = Server.Settings with { Stanza = "other" } }, TimeProvider.System);
        var gone = new PgBackRestEngine(database.Door, PostgresServer.Programs, Settings(harness) with { PgBackRest = Server.Settings with { Program = "/nowhere/pgbackrest" } }, TimeProvider.System);
        var command = await connection.ScalarAsync<string>("select current_setting('archive_command')", Token);

        (await unknown.FindAsync(connection, Token)).Lacking.ShouldHaveSingleItem().Hint!.ShouldContain("--stanza=other stanza-create");
        (await gone.FindAsync(connection, Token)).Lacking.ShouldHaveSingleItem().What.ShouldBe("/nowhere/pgbackrest is not on this machine.");
        await database.ExecuteAsync("alter system set archive_command = 'true'", Token);
        await database.ExecuteAsync("select pg_reload_conf()", Token);
        while (await connection.ScalarAsync<string>("select current_setting('archive_command')", Token) == command)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        (await Engine(database.Door, harness).FindAsync(connection, Token)).Lacking.ShouldHaveSingleItem().What.ShouldBe("archive_command doesn't call pgbackrest: true");
        await database.ExecuteAsync("alter system reset archive_command", Token);
        await database.ExecuteAsync("select pg_reload_conf()", Token);
        while (await connection.ScalarAsync<string>("select current_setting('archive_command')", Token) != command)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
    }

    private async Task AFlippedByteIsFoundAsync(PgBackRestEngine engine, BackupManifest manifest, string folder)
    {
        var file = Directory.EnumerateFiles(Path.Combine(Server.Repository, "backup", RestCluster.Stanza, manifest.Label!), "*.gz", SearchOption.AllDirectories).OrderByDescending(path => new FileInfo(path).Length).First();
        var bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[bytes.Length / 2] ^= 0x10;
        await File.WriteAllBytesAsync(file, bytes, Token);

        var read = await engine.ReadBackAsync(manifest, folder, Token);

        read.Holds.ShouldBeFalse();
        read.Summary.ShouldContain("damaged");
    }
}
