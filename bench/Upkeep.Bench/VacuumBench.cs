using System.Globalization;

namespace Upkeep.Bench;

/// <summary>After the deletion of about 2 million rows: our vacuum and analyze steps, proof included, against <c>vacuumdb -z</c> with as many jobs.</summary>
internal static class VacuumBench
{
    public static async Task RunAsync(Server server, int rounds)
    {
        var sides = new (string Name, Func<string, Task> Run)[]
        {
            ("vacuumdb -z -j 2", name => VacuumDbAsync(server, name)),
            ("upkeep, vacuum and analyze, unthrottled", name => server.VacuumAsync(name, throttled: false, analyze: true)),
        };
        var results = sides.ToDictionary(side => side.Name, _ => new List<TimeSpan>());
        // The first round warms the machine and the compiler, and isn't counted.
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var side in sides)
            {
                var name = await server.CopyAsync();
                await Plain.OneDeletePerTableAsync(server, name);
                var started = TimeProvider.System.GetTimestamp();
                await side.Run(name);
                if (round > 0)
                    results[side.Name].Add(TimeProvider.System.GetElapsedTime(started));
                await server.DropAsync(name);
            }
        }
        var plain = RetentionBench.Median(results[sides[0].Name], one => one);
        Console.WriteLine("| what | median s | x vacuumdb |");
        Console.WriteLine("|---|---|---|");
        foreach (var (name, took) in results)
            Console.WriteLine($"| {name} | {RetentionBench.Median(took, one => one):0.00} | {RetentionBench.Median(took, one => one) / plain:0.00} |");
    }

    private static async Task VacuumDbAsync(Server server, string name)
    {
        var result = await server.Programs.RunAsync("vacuumdb",
            ["-h", "127.0.0.1", "-p", server.Port.ToString(CultureInfo.InvariantCulture), "-U", "upkeep_demo", "-z", "-j", "2", "-q", "-d", name],
            new Dictionary<string, string?>(), null, CancellationToken.None);
        if (result.ExitCode != 0)
            throw new InvalidOperationException(result.Error);
    }
}
