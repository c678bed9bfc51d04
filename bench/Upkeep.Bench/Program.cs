using Upkeep.Bench;

// Whole jobs side by side on one server and the same data.
const string Usage = "usage: Upkeep.Bench retention|live|ddl|vacuum|live-vacuum|start|host|digest|swap|restore|patterns|rotation|cleanup|output [rounds] [--scale N]\n       Upkeep.Bench grouping FOLDER";
if (args is ["grouping", var sets])
    return GroupingBench.Run(sets);
var scale = args.SkipWhile(word => word != "--scale").Skip(1).FirstOrDefault();
var rounds = args.Length > 1 && args[1] != "--scale" ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 3;
if (args.FirstOrDefault() == "output")
{
    await OutputBench.RunAsync();
    return 0;
}
if (args.FirstOrDefault() == "restore")
{
    await RestoreBench.RunAsync(rounds, scale is null ? 0.1 : double.Parse(scale, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}
if (args.FirstOrDefault() == "patterns")
{
    PatternsBench.Run(rounds, scale is null ? 20 : double.Parse(scale, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}
if (args.FirstOrDefault() == "rotation")
{
    await RotationBench.RunAsync(rounds, scale is null ? 1 : double.Parse(scale, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}
if (args.FirstOrDefault() == "cleanup")
{
    await CleanupBench.RunAsync(rounds, scale is null ? 1 : double.Parse(scale, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}
Func<Server, int, Task>? bench = args.FirstOrDefault() switch
{
    "retention" => RetentionBench.RunAsync,
    "live" => LiveBench.RetentionAsync,
    "ddl" => DdlBench.RunAsync,
    "vacuum" => VacuumBench.RunAsync,
    "live-vacuum" => LiveBench.VacuumAsync,
    "start" => StartBench.RunAsync,
    "host" => HostBench.RunAsync,
    "digest" => DigestBench.RunAsync,
    "swap" => static (server, rounds) => SwapBench.RunAsync(server, rounds, writers: 8),
    _ => null,
};
if (bench is null)
{
    Console.Error.WriteLine(Usage);
    return 2;
}
await using var server = await Server.StartAsync();
await bench(server, rounds);
return 0;
