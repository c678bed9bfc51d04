using System.Diagnostics;
using Upkeep.Postgres.Digests;
using Upkeep.Processes;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Restoring;

/// <summary>The real program, really killed in each phase of a restore test: nothing is left running or on disk, and production is as it was.</summary>
public sealed class RestoreKillTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_in_any_phase_its_janitor_leaves_nothing_and_production_is_untouched()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.BackupAsync();
        var before = await DigestAsync(test);

        foreach (var phase in new[] { "checksums", "scratch", "0 %", "public.", "indexes and heaps" })
        {
            using var process = Start(test);
            await ReachAsync(process, test, phase);
            process.Kill();
            await process.WaitForExitAsync(Token);

            // Before the janitor is there, the next start does its work.
            if (phase == "scratch")
                await test.Tester.Scratch.SweepAsync(Token);
            await LeavesNothingAsync(test, phase);
        }

        (await DigestAsync(test)).Tables.ShouldBe(before.Tables);
        (await test.Database.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and application_name like 'upkeep%' and state <> 'idle'", Token)).ShouldBe(0);
        Directory.GetFileSystemEntries(test.Configuration.Backup.Folder).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Killed_together_with_its_janitor_it_is_swept_by_the_next_start_and_a_folder_of_somebody_elses_stays()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.BackupAsync();
        using var process = Start(test);
        await ReachAsync(process, test, "indexes and heaps");
        var folder = Directory.GetDirectories(test.Scratch).Single();
        foreach (var janitor in Janitors(folder))
            janitor.Kill();
        process.Kill();
        await process.WaitForExitAsync(Token);
        RestoreCase.ServersBelow(test.Scratch).ShouldNotBeEmpty();
        var foreign = Directory.CreateDirectory(Path.Combine(test.Scratch, "scratch-99999999-1")).FullName;
        await File.WriteAllTextAsync(Path.Combine(foreign, "letter.txt"), "mine", Token);

        var end = await test.Harness.RunAsync(Token, test.Step);

        test.Harness.Findings("backups.restore-test").ShouldContain(finding => finding.Code == "scratch-swept" && finding.Subject == folder);
        end.Reason.ShouldBeNull();
        Directory.Exists(folder).ShouldBeFalse();
        await test.Shelf.DisposeAsync();
        RestoreCase.ServersBelow(test.Scratch).ShouldBeEmpty();
        File.Exists(Path.Combine(foreign, "letter.txt")).ShouldBeTrue();
    }

    private static Process Start(RestoreCase test)
    {
        var file = test.WriteConfiguration(test.Database.ConnectionString);
        return Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Upkeep.Cli"), ["backup", "verify", "--config", file])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
    }

    // Each phase is told on standard error, but for the making of the server, which is seen by its folder.
    private static async Task ReachAsync(Process process, RestoreCase test, string phase)
    {
        if (phase == "scratch")
        {
            while (!process.HasExited && !(Directory.Exists(test.Scratch) && Directory.GetDirectories(test.Scratch).Length > 0))
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
            return;
        }
        var said = new List<string>();
        while (await process.StandardError.ReadLineAsync(Token) is { } line)
        {
            said.Add(line);
            if (line.Contains(phase, StringComparison.Ordinal))
                return;
        }
        said.ShouldContain(line => line.Contains(phase, StringComparison.Ordinal));
    }

    private static async Task LeavesNothingAsync(RestoreCase test, string phase)
    {
        for (var look = 0; look < 200; look++)
        {
            if ((!Directory.Exists(test.Scratch) || Directory.GetFileSystemEntries(test.Scratch).Length == 0) && RestoreCase.ServersBelow(test.Scratch).Count == 0)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
        }
        RestoreCase.ServersBelow(test.Scratch).ShouldBeEmpty(phase);
        Directory.GetFileSystemEntries(test.Scratch).ShouldBeEmpty(phase);
    }

    private static IEnumerable<Process> Janitors(string folder) => Directory.GetDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0).Where(id => id > 0 && ProcessIdentity.Of(id) is not null)
        .Where(id => File.ReadAllText($"/proc/{id}/cmdline").Split('\0') is var words && words.Contains("janitor") && words.Contains(folder)).Select(Process.GetProcessById);

    private static Task<DatabaseDigest> DigestAsync(RestoreCase test) => new DigestReader(test.Database.Door).OfDatabaseAsync(1, TimeSpan.FromSeconds(5), null, Token);
}
