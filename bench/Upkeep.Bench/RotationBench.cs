using System.Diagnostics;
using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Logs.Logrotate;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Bench;

/// <summary>One log rotated and compressed: ours, proof included, beside gzip, zstd and logrotate on copies of the same file.</summary>
internal static class RotationBench
{
    private const long BytesAtScaleOne = 2L << 30;

    public static async Task RunAsync(int rounds, double scale)
    {
        var folder = Directory.CreateTempSubdirectory("upkeep-rotation-bench-").FullName;
        try
        {
            var source = Path.Combine(folder, "source");
            var lines = Generate(source, (long)(BytesAtScaleOne * scale));
            Console.WriteLine(FormattableString.Invariant($"{new FileInfo(source).Length:N0} bytes, {lines:N0} lines; median of {rounds} after a warm-up"));
            Console.WriteLine("| what | s | × gzip | processor s | archive MB | × gzip | most memory MB |");
            Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|");
            var sides = new (string Name, Func<string, Task<(long Bytes, double Processor)>> Run)[]
            {
                ("gzip -c", log => ProgramAsync(log, "gzip -c \"$0\" > \"$0.gz\"; stat -c %s \"$0.gz\"")),
                ("zstd -6 -T1 -c", log => ProgramAsync(log, "zstd -q -6 -T1 -c \"$0\" > \"$0.zst\"; stat -c %s \"$0.zst\"")),
                ("logrotate, copytruncate and compress (gzip); loses lines", LogrotateAsync),
                ("upkeep, collapse, zstd, read back", log => OursAsync(log, LogWay.Collapse, ArchiveCompression.Zstd)),
                ("upkeep, rename, zstd, read back", log => OursAsync(log, LogWay.Rename, ArchiveCompression.Zstd)),
                ("upkeep, collapse, gzip, read back", log => OursAsync(log, LogWay.Collapse, ArchiveCompression.Gzip)),
            };
            var (seconds, bytes) = (0.0, 0L);
            foreach (var (name, run) in sides)
            {
                var (took, size, processor) = (new List<TimeSpan>(), 0L, new List<double>());
                for (var round = 0; round <= rounds; round++)
                {
                    var place = Directory.CreateDirectory(Path.Combine(folder, "place")).FullName;
                    var log = Path.Combine(place, "app.log");
                    File.Copy(source, log);
                    var started = Stopwatch.GetTimestamp();
                    (size, var used) = await run(log);
                    if (round > 0)
                    {
                        took.Add(Stopwatch.GetElapsedTime(started));
                        processor.Add(used);
                    }
                    Directory.Delete(place, recursive: true);
                }
                var median = RetentionBench.Median(took, one => one);
                (seconds, bytes) = (seconds == 0 ? median : seconds, bytes == 0 ? size : bytes);
                var memory = name.StartsWith("upkeep", StringComparison.Ordinal) ? (Process.GetCurrentProcess().PeakWorkingSet64 / 1e6).ToString("0", CultureInfo.InvariantCulture) : "";
                Console.WriteLine(FormattableString.Invariant($"| {name} | {median:0.00} | {median / seconds:0.00} | {processor.Order().ElementAt(processor.Count / 2):0.00} | {size / 1e6:0.0} | {(double)size / bytes:0.00} | {memory} |"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(long Bytes, double Processor)> OursAsync(string log, LogWay way, ArchiveCompression compression)
    {
        var before = Environment.CpuUsage.TotalTime;
        var rotation = new LogRotation(new ProgramDoor(Redactor.None, TimeProvider.System), LogrotateNeighbour.OfThisMachine(TimeProvider.System), TimeProvider.System);
        var outcome = await rotation.RotateAsync(new RotationRequest(log, Path.GetDirectoryName(log)!) { Way = way, Compression = compression }, CancellationToken.None);
        return outcome.Problem is null ? (outcome.Done.Single().ArchiveBytes, (Environment.CpuUsage.TotalTime - before).TotalSeconds) : throw new InvalidOperationException(outcome.Problem.What);
    }

    private static async Task<(long Bytes, double Processor)> LogrotateAsync(string log)
    {
        var conf = log + ".conf";
        await File.WriteAllTextAsync(conf, $"\"{log}\" {{\n size 1\n rotate 3\n copytruncate\n compress\n}}\n");
        File.SetUnixFileMode(conf, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return await ProgramAsync(log, "logrotate -s \"$0.state\" \"$0.conf\"; stat -c %s \"$0.1.gz\"");
    }

    private static async Task<(long Bytes, double Processor)> ProgramAsync(string log, string script)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", $"PATH=$PATH:/usr/sbin; {script}; sync \"$0\"; times", log]) { RedirectStandardOutput = true })!;
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        // The shell's own time, then that of what it started: 0m5.250000s 0m0.040000s.
        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return (long.Parse(lines[0], CultureInfo.InvariantCulture), lines[^1].Split(' ').Sum(Seconds));
    }

    private static double Seconds(string time) =>
        time.Split('m') is [var minutes, var seconds] ? 60 * double.Parse(minutes, CultureInfo.InvariantCulture) + double.Parse(seconds.TrimEnd('s'), CultureInfo.InvariantCulture) : 0;

    // Lines as an application writes them: a few messages, with what varies in them.
    private static long Generate(string file, long bytes)
    {
        var (random, lines, at) = (new Random(1), 0L, new DateTimeOffset(2026, 11, 15, 0, 0, 0, TimeSpan.Zero));
        string[] words = ["discover", "event", "venue", "ticket", "search", "profile", "geocode", "ingest", "session", "cache"];
        using var writer = new StreamWriter(file, append: false, new System.Text.UTF8Encoding(false), 1 << 20);
        for (var written = 0L; written < bytes; lines++)
        {
            at = at.AddMilliseconds(random.Next(400));
            var line = random.Next(100) switch
            {
                0 => FormattableString.Invariant($"{at:yyyy-MM-dd HH:mm:ss.fff} ERROR ingestion: {words[random.Next(10)]} {random.Next(90_000)} failed after {random.Next(30_000)} ms: connection reset by peer (request {random.NextInt64():x16})"),
                < 5 => FormattableString.Invariant($"{at:yyyy-MM-dd HH:mm:ss.fff} WARN site: /{words[random.Next(10)]}/{random.Next(90_000)} took {random.Next(900, 3000)} ms"),
                < 60 => FormattableString.Invariant($"{at:yyyy-MM-dd HH:mm:ss.fff} INFO site: GET /{words[random.Next(10)]}/{random.Next(90_000)}?page={random.Next(40)} 200 {random.Next(5, 200)} ms {random.Next(256)}.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}"),
                _ => FormattableString.Invariant($"{at:yyyy-MM-dd HH:mm:ss.fff} INFO {words[random.Next(10)]}: {words[random.Next(10)]} {random.Next(90_000)} stored for user {random.NextInt64():x16} in {random.Next(300)} ms"),
            };
            writer.Write(line);
            writer.Write('\n');
            written += line.Length + 1;
        }
        return lines;
    }
}
