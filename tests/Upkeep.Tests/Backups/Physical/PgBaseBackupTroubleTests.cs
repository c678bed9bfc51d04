using System.Diagnostics;
using Upkeep.Configuration;
using Upkeep.Backups;
using Upkeep.Postgres;
using Upkeep.Testing;
using static Upkeep.Tests.Backups.Physical.CopiedCluster;

namespace Upkeep.Tests.Backups.Physical;

/// <summary>A copy that the server doesn't allow, that is killed, or whose programs are.</summary>
[Collection(nameof(CopiedCluster))]
public sealed class PgBaseBackupTroubleTests(CopiedCluster server)
{
    private const string Remains = "select (select count(*) from pg_replication_slots) + (select count(*) from pg_stat_activity where application_name like 'upkeep pre-%')";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_role_without_replication_is_told_the_statement_to_issue()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        using var harness = new StepHarness();
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token, "grant pg_read_all_data to {0}"));
        await using var connection = await door.OpenAsync(Token);

        var found = await Engine(door, harness).FindAsync(connection, Token);

        found.Lacking.ShouldHaveSingleItem().Hint.ShouldBe($"Issue as a superuser: ALTER ROLE \"limited_{database.Name}\" REPLICATION");
        found.Tools.ShouldContainKey("pg_basebackup");
        (await BackupRoom.OfBackupAsync(connection, BackupEngineName.PgBaseBackup, 1, Token)).ShouldBeGreaterThan(20_000_000);
    }

    [Fact]
    public async Task A_role_with_replication_that_the_server_lets_in_only_to_databases_is_told_the_line_for_pg_hba()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        using var harness = new StepHarness();
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token, "grant pg_read_all_data to {0}; alter role {0} replication"));
        await using var connection = await door.OpenAsync(Token);
        (await Engine(door, harness).FindAsync(connection, Token)).Lacking.ShouldBeEmpty();
        var rules = Path.Combine(server.Cluster.Folder, "data", "pg_hba.conf");
        var before = await File.ReadAllTextAsync(rules, Token);
        try
        {
            await File.WriteAllTextAsync(rules, "host all all 127.0.0.1/32 trust\n", Token);
            await database.ExecuteAsync("select pg_reload_conf()", Token);
            while ((await Engine(door, harness).FindAsync(connection, Token)).Lacking.Count == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);

            var lacking = (await Engine(door, harness).FindAsync(connection, Token)).Lacking.ShouldHaveSingleItem();

            lacking.What.ShouldContain("no pg_hba.conf entry for replication");
            lacking.Hint!.ShouldContain($"host replication \"limited_{database.Name}\" 127.0.0.1/32 scram-sha-256");
        }
        finally
        {
            await File.WriteAllTextAsync(rules, before, Token);
            await database.ExecuteAsync("select pg_reload_conf()", Token);
        }
    }

    [Theory]
    [InlineData("pg_basebackup")]
    [InlineData("pg_receivewal")]
    public async Task A_program_that_is_killed_is_a_failure_that_leaves_nothing_on_disk_and_nothing_on_the_server(string program)
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        using var harness = new StepHarness();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var killing = KillAsync(program, Settings(harness).Folder, stop.Token);

        var (manifest, problem) = await Taker(database.Door, harness).TakeAsync(Request(), Token);

        await stop.CancelAsync();
        (await killing).ShouldBeTrue();
        manifest.ShouldBeNull();
        problem!.What.ShouldContain($"{program} was killed by signal 9");
        Directory.GetFileSystemEntries(Settings(harness).Folder).ShouldBeEmpty();
        await NothingRemainsAsync(database);
    }

    [Fact]
    public async Task Killed_itself_it_leaves_an_unfinished_folder_only_and_the_next_attempt_makes_the_backup()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        using var harness = new StepHarness();
        using (var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Upkeep.BackupHost"), [database.ConnectionString, Settings(harness).Folder, Name]) { RedirectStandardOutput = true })!)
        {
            (await process.StandardOutput.ReadLineAsync(Token))!.ShouldStartWith("moved");
            process.Kill();
            await process.WaitForExitAsync(Token);
        }

        Directory.GetDirectories(Settings(harness).Folder).Select(Path.GetFileName).ShouldBe([Name + ".part"]);
        var (manifest, problem) = await Taker(database.Door, harness).TakeAsync(Request(), Token);

        problem.ShouldBeNull();
        Directory.GetDirectories(Settings(harness).Folder).Select(Path.GetFileName).ShouldBe([manifest!.Name]);
        var whole = await Engine(database.Door, harness).ReadBackAsync(manifest, Folder(harness), Token);
        whole.Holds.ShouldBeTrue(whole.Summary);
        await NothingRemainsAsync(database);
    }

    // What holds log back on the server goes with our session, which the server notices within moments.
    private static async Task NothingRemainsAsync(TestDatabase database)
    {
        await database.Door.DisposeAsync();
        while (await database.ScalarAsync<long>(Remains, Token) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
    }

    private static async Task<bool> KillAsync(string program, string folder, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var id in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!))
            {
                var line = CommandLine(id);
                if (!line.StartsWith('/') || !line.Split('\0')[0].EndsWith("/" + program, StringComparison.Ordinal) || !line.Contains(folder, StringComparison.Ordinal))
                    continue;
                using var process = Process.GetProcessById(id);
                process.Kill();
                return true;
            }
            await Task.Yield();
        }
        return false;
    }

    private static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
