using System.Diagnostics;
using Upkeep.Journal;

namespace Upkeep.Tests.Host.DiskCleanup;

/// <summary>A real process that is killed in the middle of removing, and one that swaps folders while it works.</summary>
public sealed class CleanupKillTests : IDisposable
{
    private readonly CleanupFolder _place = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Upkeep.CleanupHost");

    [Fact]
    public async Task Killed_over_and_over_it_goes_on_and_every_file_is_counted_and_listed_once()
    {
        const int folders = 30;
        const int files = 200;
        for (var folder = 0; folder < folders; folder++)
        {
            for (var file = 0; file < files; file++)
                _place.File($"{folder / 8}/{folder}/{file}.tmp", bytes: 1);
        }
        var young = Enumerable.Range(0, 20).Select(file => _place.File($"{file / 8}/{file}/young", inDays: 1)).Select(path => Path.GetRelativePath(_place.Folder, path)).ToList();
        var (random, kills) = (new Random(3), 0);
        for (var ended = false; !ended;)
        {
            using var process = Start();
            // From the moment it began to remove: before that there is nothing to see.
            var left = Left();
            var atLeast = left - random.Next(1, 1200);
            while (!process.HasExited && Left() > atLeast)
                await Task.Yield();
            process.Kill();
            await process.WaitForExitAsync(Token);
            ended = process.ExitCode == 0;
            kills += ended ? 0 : 1;
        }

        kills.ShouldBeGreaterThan(3);
        _place.Names().Where(name => name.EndsWith(".tmp", StringComparison.Ordinal)).ShouldBeEmpty();
        _place.Names().Where(name => name.EndsWith("young", StringComparison.Ordinal)).ShouldBe(young, ignoreOrder: true);
        var listed = File.ReadAllLines(Path.Combine(_place.Harness.Folder, "host/removed.csv")).Skip(1).ToList();
        listed.Count.ShouldBe(folders * files);
        listed.Distinct(StringComparer.Ordinal).Count().ShouldBe(folders * files);
        var end = _place.Harness.Facts<StepEnded>(CleanupFolder.Id)[^1];
        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        end.Summary!.ShouldContain("removed 6,000 files (23 MiB)");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_swapped_in_while_it_walks_leads_nowhere(bool inside)
    {
        // What the link leads to has the same names as what may go.
        var outside = Directory.CreateDirectory(Path.Combine(_place.Root, "outside")).FullName;
        for (var file = 0; file < 500; file++)
            File.WriteAllText(Path.Combine(outside, $"{file}"), "precious");
        var swapped = Path.Combine(_place.Folder, "a/b");
        var link = inside ? Path.Combine(_place.Folder, "a/c") : Path.Combine(_place.Root, "link");
        Directory.CreateDirectory(Path.Combine(_place.Folder, "a"));
        Directory.CreateSymbolicLink(link, outside);
        Directory.CreateDirectory(swapped);
        // So that it is walked beside another.
        Directory.CreateDirectory(Path.Combine(_place.Folder, "a/beside"));
        using var swapper = Process.Start(new ProcessStartInfo(Program, ["swap", swapped, link]) { RedirectStandardOutput = true })!;
        (await swapper.StandardOutput.ReadLineAsync(Token)).ShouldBe("swapping");

        for (var round = 0; round < 40; round++)
        {
            foreach (var name in new[] { swapped, link })
            {
                // Through whichever of the two is the folder by now; never through the link.
                for (var file = 0; file < 50; file++)
                    Fill(name, $"{round}-{file}");
                Fill(Path.Combine(_place.Folder, "a/beside"), $"{round}");
            }
            using var harness = new Testing.StepHarness();
            await harness.RunAsync(Token, _place.Step());
            Directory.GetFiles(outside).Count(file => !Path.GetFileName(file).Contains('-', StringComparison.Ordinal)).ShouldBe(500);
        }
        swapper.HasExited.ShouldBeFalse();
        swapper.Kill();
        await swapper.WaitForExitAsync(Token);
    }

    public void Dispose() => _place.Dispose();

    private static void Fill(string folder, string name)
    {
        try
        {
            File.WriteAllText(Path.Combine(folder, name), "");
        }
        catch (IOException)
        {
            // Swapped in this very instant.
        }
    }

    private int Left() => Directory.EnumerateFiles(_place.Folder, "*.tmp", SearchOption.AllDirectories).Count();

    private Process Start() => Process.Start(new ProcessStartInfo(Program, [_place.Harness.Root, Testing.StepHarness.Run, _place.Folder, "0"]) { RedirectStandardOutput = true })!;
}
