namespace Upkeep.Bench;

/// <summary>About 2 million of 2.4 million rows: our whole step against what people use instead, in turn, on copies of the same data.</summary>
internal static class RetentionBench
{
    public static async Task RunAsync(Server server, int rounds)
    {
        var sides = new (string Name, Func<string, Task<(TimeSpan Whole, TimeSpan Act)>> Run)[]
        {
            ("one DELETE per table", name => TimedAsync(() => Plain.OneDeletePerTableAsync(server, name))),
            ("DELETE by day along the index", name => TimedAsync(() => Plain.ByDayAsync(server, name))),
            ("upkeep, archived and undoable", name => server.RetentionAsync(name, archive: true, throttled: false)),
            ("upkeep, archive off", name => server.RetentionAsync(name, archive: false, throttled: false)),
        };
        var results = sides.ToDictionary(side => side.Name, _ => new List<(TimeSpan Whole, TimeSpan Act)>());
        // The first round warms the machine and the compiler, and isn't counted.
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var side in sides)
            {
                var name = await server.CopyAsync();
                var before = server.ProcessorTime();
                var took = await side.Run(name);
                var after = server.ProcessorTime();
                if (round > 0)
                    results[side.Name].Add(took);
                Console.Error.WriteLine($"round {round}: {side.Name}: {took.Whole.TotalSeconds:0.00} s (act {took.Act.TotalSeconds:0.00} s), processor: server {(after.Server - before.Server).TotalSeconds:0.00} s, ours {(after.Ours - before.Ours).TotalSeconds:0.00} s");
                await server.DropAsync(name);
            }
        }
        var plain = Median(results["one DELETE per table"], one => one.Whole);
        var byDay = Median(results["DELETE by day along the index"], one => one.Whole);
        Console.WriteLine("| what | median s | act alone s | x one DELETE | x by day |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (name, took) in results)
        {
            var (whole, act) = (Median(took, one => one.Whole), Median(took, one => one.Act));
            Console.WriteLine($"| {name} | {whole:0.00} | {act:0.00} | {whole / plain:0.00} | {whole / byDay:0.00} |");
        }
    }

    private static async Task<(TimeSpan, TimeSpan)> TimedAsync(Func<Task> work)
    {
        var started = TimeProvider.System.GetTimestamp();
        await work();
        var took = TimeProvider.System.GetElapsedTime(started);
        return (took, took);
    }

    internal static double Median<T>(IEnumerable<T> values, Func<T, TimeSpan> of)
    {
        var sorted = values.Select(value => of(value).TotalSeconds).Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
