using System.Globalization;

namespace Upkeep.Bench;

/// <summary>What users feel: pgbench's 500 transactions a second (half reads, half inserts) before and during our step and the plain statement.</summary>
internal static class LiveBench
{
    private const string Insert = "insert into public.api_logs (created_at, endpoint, method, status, duration_ms) values (now(), '/live', 'GET', 200, 12);\n";
    private const string Read = "\\set id random(1400000, 1499999)\nselect * from public.api_logs where id = :id;\n";

    public static Task RetentionAsync(Server server, int rounds) => RunAsync(server, rounds, _ => Task.CompletedTask,
    [
        ("one DELETE per table", name => Plain.OneDeletePerTableAsync(server, name)),
        ("upkeep, archived and undoable", name => server.RetentionAsync(name, archive: true, throttled: true)),
    ]);

    public static Task VacuumAsync(Server server, int rounds) => RunAsync(server, rounds, name => Plain.OneDeletePerTableAsync(server, name),
    [
        ("VACUUM", name => server.ExecuteAsync(name, "vacuum")),
        ("upkeep, database.vacuum", name => server.VacuumAsync(name, throttled: true, analyze: false)),
    ]);

    private static async Task RunAsync(Server server, int rounds, Func<string, Task> prepare, IReadOnlyList<(string Name, Func<string, Task> Work)> sides)
    {
        var folder = Directory.CreateTempSubdirectory("upkeep-live-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "insert.sql"), Insert);
        await File.WriteAllTextAsync(Path.Combine(folder, "read.sql"), Read);
        Console.WriteLine("| round | side | took s | insert p99 before | during | x | read p99 before | during | x |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var side in sides)
            {
                var name = await server.CopyAsync();
                await prepare(name);
                await SideAsync(server, folder, round, name, side);
                await server.DropAsync(name);
            }
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task SideAsync(Server server, string folder, int round, string name, (string Name, Func<string, Task> Work) side)
    {
        using var end = new CancellationTokenSource();
        var load = server.Programs.RunAsync("pgbench",
            ["-h", "127.0.0.1", "-p", server.Port.ToString(CultureInfo.InvariantCulture), "-U", "upkeep_demo", "-n", "-M", "prepared", "-c", "8", "-j", "1", "-R", "500", "-T", "600",
                "-l", $"--log-prefix={Path.Combine(folder, name)}", "-f", Path.Combine(folder, "insert.sql"), "-f", Path.Combine(folder, "read.sql"), name],
            new Dictionary<string, string?>(), null, end.Token);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        var quietFrom = Now();
        await Task.Delay(TimeSpan.FromSeconds(8), TimeProvider.System);
        var from = Now();
        await side.Work(name);
        var to = Now();
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        await end.CancelAsync();
        await load.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var seen = Directory.GetFiles(folder, $"{name}.*").SelectMany(File.ReadLines).Select(Parse).Where(one => one is not null).Select(one => one!.Value).ToList();
        double P99(int script, double since, double until) => Quantile(seen.Where(one => one.Script == script && one.At >= since && one.At < until).Select(one => one.Ms));
        var (insertBefore, insertDuring) = (P99(0, quietFrom, from), P99(0, from, to));
        var (readBefore, readDuring) = (P99(1, quietFrom, from), P99(1, from, to));
        Console.WriteLine($"| {round} | {side.Name} | {to - from:0.0} | {insertBefore:0.00} | {insertDuring:0.00} | {insertDuring / insertBefore:0.00} | {readBefore:0.00} | {readDuring:0.00} | {readDuring / readBefore:0.00} |");
    }

    // client, transaction, latency us, script, epoch s, us, [lag us]; under -R the latency counts from the scheduled start.
    private static (int Script, double At, double Ms)? Parse(string line)
    {
        var parts = line.Split(' ');
        return parts.Length >= 6 && double.TryParse(parts[2], CultureInfo.InvariantCulture, out var micros)
            ? (int.Parse(parts[3], CultureInfo.InvariantCulture), double.Parse(parts[4], CultureInfo.InvariantCulture) + (double.Parse(parts[5], CultureInfo.InvariantCulture) / 1e6), micros / 1000)
            : null;
    }

    private static double Quantile(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[(int)(sorted.Count * 0.99)];
    }

    private static double Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
}
