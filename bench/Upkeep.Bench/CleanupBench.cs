using System.Diagnostics;
using Upkeep.Configuration;
using Upkeep.Host.DiskCleanup;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Bench;

/// <summary>A million files in nested folders removed: ours, checks and proof included, beside <c>find -delete</c> with the same conditions.</summary>
internal static class CleanupBench
{
    private const int FilesAtScaleOne = 1_000_000;
    private const int FilesPerFolder = 500;

    public static async Task RunAsync(int rounds, double scale)
    {
        var root = Directory.CreateTempSubdirectory("upkeep-cleanup-bench-").FullName;
        var files = (int)(FilesAtScaleOne * scale);
        var (find, whole, act) = (new List<TimeSpan>(), new List<TimeSpan>(), new List<TimeSpan>());
        try
        {
            for (var round = 0; round <= rounds; round++)
            {
                var theirs = await TimedAsync(Make(root, files), async folder =>
                {
                    using var process = Process.Start("find", [folder, "-xdev", "-type", "f", "-name", "*.tmp", "-not", "-newermt", "now", "-not", "-newerat", "now", "-not", "-newerct", "now", "-delete"]);
                    await process.WaitForExitAsync();
                    return TimeSpan.Zero;
                });
                var ours = await TimedAsync(Make(root, files), folder => OursAsync(root, folder, round));
                if (round == 0)
                    continue;
                find.Add(theirs.Whole);
                whole.Add(ours.Whole);
                act.Add(ours.Act);
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
        var theirMedian = RetentionBench.Median(find, one => one);
        Console.WriteLine(FormattableString.Invariant($"{files:N0} files, {FilesPerFolder} a folder; median of {rounds} after a warm-up"));
        Console.WriteLine("| what | s | × find |");
        Console.WriteLine("|---|--:|--:|");
        Console.WriteLine(FormattableString.Invariant($"| find -delete, by name and the three times | {theirMedian:0.00} | 1.00 |"));
        foreach (var (name, took) in new[] { ("upkeep, removing alone: noted, nobody has it open, listed", act), ("upkeep, the whole step: look, removing, proof", whole) })
            Console.WriteLine(FormattableString.Invariant($"| {name} | {RetentionBench.Median(took, one => one):0.00} | {RetentionBench.Median(took, one => one) / theirMedian:0.00} |"));
        Console.WriteLine(FormattableString.Invariant($"most memory: {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB"));
    }

    private static async Task<(TimeSpan Whole, TimeSpan Act)> TimedAsync(string folder, Func<string, Task<TimeSpan>> run)
    {
        var started = Stopwatch.GetTimestamp();
        var act = await run(folder);
        var took = Stopwatch.GetElapsedTime(started);
        var left = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count();
        Directory.Delete(folder, recursive: true);
        return left == 0 ? (took, act) : throw new InvalidOperationException($"{left} files are left.");
    }

    private static async Task<TimeSpan> OursAsync(string root, string folder, int round)
    {
        var run = $"run-{round}";
        var place = Directory.CreateDirectory(Path.Combine(root, run)).FullName;
        var settings = new DiskCleanupSettings { Rules = [new CleanupRuleSettings { Folder = folder, Pattern = "*.tmp", UnusedFor = TimeSpan.Zero }] };
        var step = new DiskCleanupStep(settings, new CacheCleaner(new ProgramDoor(Redactor.None, TimeProvider.System), []), Redactor.None, TimeProvider.System);
        using var journal = JournalFile.Open(Path.Combine(place, "journal.db"), Redactor.None, TimeProvider.System);
        journal.Append(run, null, new RunStarted { Platform = "Bench", Window = null, Folder = place, Steps = [], UpkeepVersion = "bench", Host = "bench", ProcessId = Environment.ProcessId, ConfigurationSha256 = "" });
        using var stop = new StopSignal();
        var plan = new Plan([new PlannedStep(step.Definition with { Requires = [] }, PlanDecision.Run, null, null, TimeSpan.FromMinutes(5))]);
        var status = await new Runner(journal, TimeProvider.System, _ => { }).RunAsync(run, plan, new Dictionary<string, Step> { [step.Definition.Id] = step }, new RunFrame(place, Deadlines.None, false, TimeSpan.FromSeconds(30)), stop, CancellationToken.None);
        var entries = journal.Read(run);
        if (status is not (RunStatus.Succeeded or RunStatus.Attention))
            throw new InvalidOperationException(entries.Select(entry => entry.Fact).OfType<StepEnded>().Last().Reason);
        var marks = entries.Where(entry => entry.Fact is CheckpointReached).ToList();
        return marks[^1].At - marks[0].At;
    }

    private static string Make(string root, int files)
    {
        var folder = Path.Combine(root, "files");
        Parallel.For(0, (files + FilesPerFolder - 1) / FilesPerFolder, one =>
        {
            var at = Directory.CreateDirectory(Path.Combine(folder, $"{one / 100}", $"{one}")).FullName;
            for (var file = one * FilesPerFolder; file < Math.Min(files, (one + 1) * FilesPerFolder); file++)
                File.OpenHandle($"{at}/session-{file:x8}.tmp", FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite).Dispose();
        });
        // Both begin with what there is on the disk, and no older work still to be written.
        using var sync = Process.Start("sync");
        sync.WaitForExit();
        return folder;
    }
}
