using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Foreign;

public sealed class ForeignRestoreTests(PostgresServer server)
{
    private const string Id = "backups.restore-test";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain gzip", "--create", "--clean")]
    [InlineData("plain zstd", "--inserts")]
    [InlineData("custom", "--format=custom")]
    [InlineData("tar gzip", "--format=tar")]
    [InlineData("directory", "--format=directory", "--jobs=2")]
    public async Task It_is_restored_counted_checked_and_the_missing_proof_is_told(string what, params string[] options)
    {
        await using var test = await ForeignCase.CreateAsync(server);
        var path = await test.DumpAsync("backup", options);
        _ = what.EndsWith("gzip", StringComparison.Ordinal) ? await ForeignCase.GzipAsync(path) : what.EndsWith("zstd", StringComparison.Ordinal) ? await ForeignCase.ZstdAsync(path) : path;

        var result = await test.Restore.Tester.TestAsync(path, (_, _, _) => { }, Token);

        await using var copy = result.Copy;
        result.Problem.ShouldBeNull(result.Problem?.What);
        result.Proven!.Findings.Problems.ShouldBeEmpty();
        result.Proven.Findings.NotProven.ShouldHaveSingleItem().ShouldContain("no manifest");
        result.Proven.Tables.Select(table => (table.Name, table.Rows)).ShouldBe([("Odd; Type", 1L), ("events", 3000L), ("venues", 400L)]);
        (await copy!.Door.ScalarAsync<string>("select public.greet()", Token)).ShouldBe("\\! touch");
        (await copy.Door.ScalarAsync<long>("select count(*) from pg_policies where roles = '{reader}'", Token)).ShouldBe(1);
        (await copy.Door.ScalarAsync<string>("select trees.ltree_in('a.b'::cstring)::text", Token)).ShouldBe("a.b");
    }

    [Fact]
    public async Task While_production_is_away_its_backups_are_listed_and_verified_all_the_same_and_that_it_is_away_is_said()
    {
        await using var test = await ForeignCase.CreateAsync(server);
        var path = await test.DumpAsync("backup", "--format=custom");
        await test.Restore.BackupAsync();
        var away = new Npgsql.NpgsqlConnectionStringBuilder(test.Restore.Database.ConnectionString) { Port = 1 }.ToString();

        var list = await Upkeep.Tests.Cli.UpkeepCall.RunAsync("backup", "list", "--config", test.Restore.WriteConfiguration(away));
        var verify = await Upkeep.Tests.Cli.UpkeepCall.RunAsync("backup", "verify", path, "--config", test.Restore.WriteConfiguration(away));

        list.Status.ShouldBe(Upkeep.Cli.ExitStatus.Success, list.Log);
        list.Answer.ShouldContain("nightly-20261122");
        list.Log.ShouldContain("can't be reached");
        verify.Status.ShouldBe(Upkeep.Cli.ExitStatus.Attention, verify.Log + verify.Answer);
        verify.Answer.ShouldContain($"not proven: {test.Restore.Database.Name} itself can't be reached");
    }

    [Fact]
    public async Task A_whole_servers_dump_gives_the_database_that_is_maintained()
    {
        await using var test = await ForeignCase.CreateAsync(server);
        var path = Path.Combine(test.Folder, "server.sql");
        var mine = await File.ReadAllTextAsync(await test.DumpAsync("mine", "--create"), Token);
        var other = "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE stranger (a int);\n\n--\n-- PostgreSQL database dump complete\n--\n\n";
        await File.WriteAllTextAsync(path, $"--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE someone;\n\n--\n-- Database \"other\" dump\n--\n\n\\connect other\n\n{other}"
            + $"--\n-- Database \"{test.Restore.Database.Name}\" dump\n--\n\n{mine}--\n-- PostgreSQL database cluster dump complete\n--\n\n", Token);

        var result = await test.Restore.Tester.TestAsync(path, (_, _, _) => { }, Token);

        await using var copy = result.Copy;
        result.Problem.ShouldBeNull(result.Problem?.What);
        result.Proven!.Tables.Select(table => table.Name).ShouldBe(["Odd; Type", "events", "venues"]);
    }

    [Theory]
    [InlineData("\\! touch {0}")]
    [InlineData("select 1 \\g |touch {0}")]
    [InlineData("\\o |touch {0}\nselect 1;")]
    [InlineData("\\connect \"host=127.0.0.1 port=1 dbname=postgres\"")]
    [InlineData("\\copy (select 1) to program 'touch {0}'")]
    [InlineData("\\unrestrict guessed\n\\! touch {0}")]
    [InlineData("copy (select 1) to program 'touch {0}';")]
    [InlineData("reset session authorization; set role upkeep_scratch; copy (select 1) to program 'touch {0}';")]
    [InlineData("create extension dblink; select dblink_connect('host=127.0.0.1 port=1');")]
    public async Task A_dump_that_would_run_a_program_or_reach_another_server_is_refused(string command)
    {
        await using var test = await ForeignCase.CreateAsync(server, "create table events (id int); insert into events values (1)");
        var path = await test.DumpAsync("backup.sql");
        var touched = Path.Combine(Directory.CreateDirectory(Path.Combine(test.Restore.Harness.Root, "open")).FullName, "touched");
        File.SetUnixFileMode(Path.GetDirectoryName(touched)!, (UnixFileMode)511);
        var sql = await File.ReadAllTextAsync(path, Token);
        await File.WriteAllTextAsync(path, sql.Replace("CREATE TABLE", string.Format(System.Globalization.CultureInfo.InvariantCulture, command, touched) + "\nCREATE TABLE", StringComparison.Ordinal), Token);

        var result = await test.Restore.Tester.TestAsync(path, (_, _, _) => { }, Token);

        result.Copy.ShouldBeNull();
        result.Problem.ShouldNotBeNull();
        File.Exists(touched).ShouldBeFalse();
        test.Restore.NothingShouldBeLeft();
    }

    [Fact]
    public async Task The_step_takes_the_newest_whoever_made_it_and_asks_for_attention_where_the_proof_is_missing()
    {
        await using var test = await ForeignCase.CreateAsync(server);
        await test.Restore.BackupAsync();
        test.Restore.Configuration = test.Restore.Configuration with
        {
            Backup = test.Restore.Configuration.Backup with { Expected = new ExpectedBackupSettings { Folders = [test.Folder] } },
        };
        var path = await test.DumpAsync("nightly", "--format=custom");
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1));

        var end = await test.Restore.Harness.RunAsync(Token, test.Restore.Step);
        var whole = await File.ReadAllBytesAsync(path, Token);
        await File.WriteAllBytesAsync(path, whole[..(whole.Length / 2)], Token);
        var cut = await test.Restore.Tester.TestAsync(path, (_, _, _) => { }, Token);

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        end.Summary.ShouldContain("nightly restored in");
        test.Restore.Harness.Findings(Id).ShouldContain(finding => finding.Severity == Severity.Warning && finding.Message.Contains("no manifest", StringComparison.Ordinal));
        (await test.Restore.Shelf.TakeAsync(path)).ShouldBeNull();
        cut.Problem!.What.ShouldStartWith($"{path} is cut off");
    }
}
