using Upkeep.Bench;

// Whole jobs side by side on one server and the same data: upkeep-bench retention|live|ddl [rounds]
var rounds = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 3;
Func<Server, int, Task>? bench = args.FirstOrDefault() switch
{
    "retention" => RetentionBench.RunAsync,
    "live" => LiveBench.RunAsync,
    "ddl" => DdlBench.RunAsync,
    _ => null,
};
if (bench is null)
{
    Console.Error.WriteLine("usage: Upkeep.Bench retention|live|ddl [rounds]");
    return 2;
}
await using var server = await Server.StartAsync();
await bench(server, rounds);
return 0;
