using System.Diagnostics;
using Upkeep.Backups;
using Upkeep.Testing;
using Upkeep.Tests.Cli;

namespace Upkeep.Tests.Backups.Pruning;

/// <summary>The real program, really killed while it removes: what looks like a backup is a whole one, at every instant.</summary>
public sealed class PruneKillTests(PostgresServer server)
{
    private const int Backups = 40;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_again_and_again_it_never_leaves_half_a_backup_that_looks_whole_and_ends_what_it_began(int seed)
    {
        using var upkeep = new ProgramFixture(TimeProvider.System);
        await using var database = await server.CreateDatabaseAsync(Token);
        var folder = Directory.CreateDirectory(Path.Combine(upkeep.Folder, "backups")).FullName;
        upkeep.Configure($"platform: Test\ndatabase:\n  url: {ProgramFixture.Url(database)}\nbackup:\n  folder: {folder}\n  keep:\n    daily: 2\n    weekly: 0\n    monthly: 0\n");
        var store = new BackupStore(folder);
        for (var ago = 0; ago < Backups; ago++)
            await MadeBackups.MakeAsync(store, $"day-{ago:00}", TimeProvider.System.GetUtcNow().AddDays(-ago), Token, proven: ago == 0 ? true : null, database: database.Name, files: 60, bytes: 10);

        var random = new Random(seed);
        var left = Backups;
        for (var kill = 0; kill < 4; kill++)
        {
            await PruneAndKillAsync(upkeep.Folder, removals: random.Next(6), TimeSpan.FromMicroseconds(random.Next(4000)));
            var now = await store.ListAsync(Token);
            foreach (var backup in now)
                (await store.CompareFilesAsync(backup.Manifest.ShouldNotBeNull(backup.Name), Token)).ShouldBeEmpty();
            now.Take(2).Select(backup => backup.Name).ShouldBe(["day-00", "day-01"]);
            now.Count.ShouldBeLessThanOrEqualTo(left);
            left = now.Count;
        }

        left.ShouldBeLessThan(Backups, "no kill came after a removal: the test would prove nothing");
        (await upkeep.RunAsync("backup", "prune")).ShouldBe(0, upkeep.Log);
        Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).ShouldBe(["day-00", "day-01"], ignoreOrder: true);
    }

    private static async Task PruneAndKillAsync(string folder, int removals, TimeSpan moment)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Upkeep.Cli"), ["backup", "prune", "--config", Path.Combine(folder, "upkeep.yaml")])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        while (await process.StandardError.ReadLineAsync(Token) is { } line)
        {
            if (line.Contains("Removing", StringComparison.Ordinal) && removals-- <= 0)
                break;
        }
        await Task.Delay(moment, TimeProvider.System, Token);
        process.Kill();
        await process.WaitForExitAsync(Token);
    }
}
