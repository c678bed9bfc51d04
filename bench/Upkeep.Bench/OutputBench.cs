using System.Diagnostics;
using System.Globalization;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Bench;

/// <summary>What a program's output costs in memory: kept as evidence (beginning and end), against read to its end as a string, each in rising amounts.</summary>
internal static class OutputBench
{
    private const int Kept = 64 * 1024;
    private static readonly long[] _amounts = [1L << 20, 64L << 20, 512L << 20];

    public static async Task RunAsync()
    {
        Console.WriteLine("printed     kept: more resident, time     read to its end: more resident, time");
        foreach (var amount in _amounts)
        {
            var (keptBytes, keptTime) = await MeasureAsync(() => KeepAsync(amount));
            var (readBytes, readTime) = await MeasureAsync(() => ReadAsync(amount));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Amount.Bytes(amount),-10}  {Amount.Bytes(keptBytes),-12} {Amount.Duration(keptTime),-15}  {Amount.Bytes(readBytes),-12} {Amount.Duration(readTime)}"));
        }
    }

    private static async Task KeepAsync(long amount)
    {
        var kept = new KeptOutput(Kept, Kept);
        await new ProgramDoor(Redactor.None, TimeProvider.System).RunAsync(
            new ProgramCall("sh", ["-c", Script(amount)], new Dictionary<string, string?>()) { Enclosed = true, Merged = true, Output = kept.ReadAsync }, CancellationToken.None);
        if (kept.Total < amount)
            throw new InvalidOperationException($"Only {kept.Total} bytes came.");
    }

    private static async Task ReadAsync(long amount)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", Script(amount)]) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync();
        if (text.Length < amount)
            throw new InvalidOperationException($"Only {text.Length} characters came.");
    }

    private static string Script(long amount) => string.Create(CultureInfo.InvariantCulture, $"yes 'a line of a test runner that is never quiet' 2>/dev/null | head -c {amount}");

    // The kernel's own high-water mark, set back before (proc(5): clear_refs).
    private static async Task<(double Bytes, TimeSpan Took)> MeasureAsync(Func<Task> work)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
        var before = Status("VmRSS:");
        var watch = Stopwatch.StartNew();
        await work();
        return (Math.Max(0, Status("VmHWM:") - before), watch.Elapsed);
    }

    private static double Status(string label) =>
        double.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
}
