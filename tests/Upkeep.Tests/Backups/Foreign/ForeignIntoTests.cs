using Upkeep.Backups.Restoring;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Foreign;

/// <summary>What others made, restored into a new database of the configured server.</summary>
public sealed class ForeignIntoTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--format=custom")]
    [InlineData("--format=tar")]
    [InlineData("--create", "--clean")]
    [InlineData("--inserts")]
    public async Task Every_format_becomes_a_new_database_whose_rows_are_counted(params string[] options)
    {
        await using var test = await ForeignCase.CreateAsync(server);
        var path = await ForeignCase.GzipAsync(await test.DumpAsync("backup", options));
        var into = test.Restore.Database.Name + "_copy";

        var outcome = await Restorer(test).RestoreAsync(path, into, (_, _, _) => { }, Token);

        var restored = outcome.ShouldBeOfType<IntoOutcome.Restored>(outcome.ToString());
        restored.Findings.Problems.ShouldBeEmpty();
        restored.Findings.NotProven.ShouldContain(open => open.Contains("no manifest"));
        await using var copy = new TestDatabase(test.Restore.Database.Cluster, into);
        (await copy.ScalarAsync<long>("select count(*) from public.events", Token)).ShouldBe(3000);
        (await copy.ScalarAsync<string>("select public.greet()", Token)).ShouldBe("\\! touch");
        Left(test).ShouldBeEmpty();
    }

    [Fact]
    public async Task Plain_SQL_never_runs_on_the_configured_server()
    {
        await using var test = await ForeignCase.CreateAsync(server);
        var path = await test.DumpAsync("backup");
        var text = await File.ReadAllTextAsync(path, Token);
        await File.WriteAllTextAsync(path, text.Replace("CREATE TABLE public.venues", "alter system set application_name = 'hostile';\nCREATE TABLE public.venues", StringComparison.Ordinal), Token);

        var outcome = await Restorer(test).RestoreAsync(path, test.Restore.Database.Name + "_copy", (_, _, _) => { }, Token);

        outcome.ShouldBeOfType<IntoOutcome.Failed>().Problem.What.ShouldContain("wants what only a superuser may");
        (await test.Restore.Database.ScalarAsync<long>("select count(*) from pg_file_settings where setting = 'hostile'", Token)).ShouldBe(0);
        (await test.Restore.Database.ScalarAsync<long>($"select count(*) from pg_database where datname like '{test.Restore.Database.Name}\\_copy%'", Token)).ShouldBe(0);
        Left(test).ShouldBeEmpty();
    }

    private static NewDatabaseRestorer Restorer(ForeignCase test) =>
        new(test.Restore.Database.Door, PostgresServer.Programs, test.Restore.Configuration.Backup, test.Restore.Configuration.Root, TimeProvider.System);

    private static IEnumerable<string> Left(ForeignCase test) =>
        Directory.Exists(test.Restore.Scratch) ? Directory.EnumerateFileSystemEntries(test.Restore.Scratch) : [];
}
