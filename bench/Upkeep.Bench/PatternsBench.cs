using System.Diagnostics;
using System.Globalization;

namespace Upkeep.Bench;

/// <summary>
/// <c>upkeep logs patterns</c> as a whole process beside what is typed instead of it, on one generated log: plain, gzip and our zstd.
/// Every side writes its answer into a file. The least of the rounds, after one round to warm
/// the page cache: what neighbours on the machine add belongs to no side. Sides take turns.
/// </summary>
internal static class PatternsBench
{
    private const long BytesOfScaleOne = 100_000_000;

    public static void Run(int rounds, double scale)
    {
        var folder = Directory.CreateTempSubdirectory("upkeep-patterns-bench-").FullName;
        try
        {
            var log = Path.Combine(folder, "app.log");
            LogSample.Write(log, (long)(BytesOfScaleOne * scale), json: false);
            LogSample.Gzip(log);
            LogSample.Zstd(log);
            var json = Path.Combine(folder, "json.log");
            LogSample.Write(json, (long)(BytesOfScaleOne * scale), json: true);
            var small = Path.Combine(folder, "small.log");
            LogSample.Write(small, BytesOfScaleOne, json: false);
            LogSample.Gzip(small);
            LogSample.Zstd(small);
            long Size(string path) => new FileInfo(path).Length;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"plain {Size(log) / 1e6:0} MB, gzip {Size(log + ".gz") / 1e6:0} MB, zstd {Size(log + ".zst") / 1e6:0} MB, JSON {Size(json) / 1e6:0} MB; {Environment.ProcessorCount} processors"));
            Compare(rounds, log, json, small, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(int rounds, string log, string json, string small, string folder)
    {
        var upkeep = (Environment.GetEnvironmentVariable("UPKEEP_BENCH_PROGRAM") ?? Path.Combine(AppContext.BaseDirectory, "upkeep")) + " logs patterns --format json";
        const string Pipeline = "awk '{$1=\"\"; $2=\"\"; gsub(/[0-9]+/, \"N\"); print}' | sort | uniq -c | sort -nr";
        (string Name, string Command, string Input)[] sides =
        [
            ("`zgrep ERROR \\| awk \\| sort \\| uniq -c \\| sort -nr`, gzip", $"zgrep ERROR {log}.gz | {Pipeline}", log),
            ("`gzip -dc`", $"gzip -dc {log}.gz", log),
            ("`zstd -dc` of ours", $"zstd -dc {log}.zst", log),
            ("`grep -c ERROR`, plain", $"grep -c ERROR {log}", log),
            ("`grep ERROR \\| awk \\| sort \\| uniq -c \\| sort -nr`, plain", $"grep ERROR {log} | {Pipeline}", log),
            ("upkeep, gzip, errors", $"{upkeep} {log}.gz", log),
            ("upkeep, zstd, errors", $"{upkeep} {log}.zst", log),
            ("upkeep, plain, errors", $"{upkeep} {log}", log),
            ("upkeep, plain, all levels", $"{upkeep} --all-levels {log}", log),
            ("upkeep, gzip, all levels", $"{upkeep} --all-levels {log}.gz", log),
            ("upkeep, pino JSON, errors", $"{upkeep} {json}", json),
            ("upkeep, pino JSON, all levels", $"{upkeep} --all-levels {json}", json),
            ("upkeep, plain, 100 MB, errors", $"{upkeep} {small}", small),
            ("upkeep, plain, 100 MB, all levels", $"{upkeep} --all-levels {small}", small),
            ("upkeep, gzip, 100 MB, errors", $"{upkeep} {small}.gz", small),
            ("upkeep, zstd, 100 MB, errors", $"{upkeep} {small}.zst", small),
        ];
        var taken = sides.ToDictionary(side => side.Name, _ => new List<Taken>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (name, command, _) in sides)
            {
                if (Measured(command, folder) is var took && round > 0)
                    taken[name].Add(took);
            }
        }
        var wall = taken.ToDictionary(one => one.Key, one => one.Value.Min(took => took.Wall.TotalSeconds));
        Console.WriteLine("| what | wall s | processor s | MB/s | MB/s a core | peak MB | × pipeline | × `gzip -dc` | × `grep -c` |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var (name, _, input) in sides)
        {
            var processor = taken[name].Min(took => took.Processor.TotalSeconds);
            var bytes = new FileInfo(input).Length / 1e6;
            var ratios = input == small ? "| | |" : string.Create(CultureInfo.InvariantCulture, $"{wall[name] / wall[sides[0].Name]:0.00} | {wall[name] / wall[sides[1].Name]:0.00} | {wall[name] / wall[sides[3].Name]:0.0} |");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {wall[name]:0.00} | {processor:0.00} | {bytes / wall[name]:0} | {bytes / processor:0} | {taken[name].Max(took => took.PeakBytes) / 1e6:0} | {ratios}"));
        }
    }

    private static Taken Measured(string command, string folder)
    {
        var (times, began) = (Path.Combine(folder, "times"), TimeProvider.System.GetTimestamp());
        using var shell = Process.Start("bash", ["-c", $"TIMEFORMAT='%U %S'; {{ time {{ {command} > {folder}/out; }} ; }} 2> {times}"]);
        var peak = 0L;
        while (!shell.WaitForExit(5))
            peak = Math.Max(peak, Peak(shell.Id));
        var wall = TimeProvider.System.GetElapsedTime(began);
        var processor = File.ReadAllText(times).Trim().Split('\n')[^1].Split(' ').Sum(part => double.Parse(part, CultureInfo.InvariantCulture));
        return new Taken(wall, TimeSpan.FromSeconds(processor), peak);
    }

    // The greatest peak among the shell's children.
    private static long Peak(int shell)
    {
        try
        {
            return File.ReadAllText($"/proc/{shell}/task/{shell}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Append($"{shell}")
                .Select(process => File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line
                    ? long.Parse(line.AsSpan(6).TrimEnd("kB ").Trim(), CultureInfo.InvariantCulture) * 1024 : 0).Max();
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return 0;
        }
    }

    private sealed record Taken(TimeSpan Wall, TimeSpan Processor, long PeakBytes);
}
