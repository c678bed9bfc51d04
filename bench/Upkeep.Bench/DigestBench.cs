using System.Globalization;
using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;

namespace Upkeep.Bench;

/// <summary>
/// What the content digests add to a dump of the sample: pg_dump alone, with the digests beside it as a backup makes them, and the statements
/// alone; wall time, and processor time of server and programs together, which neighbours on the machine disturb less. UPKEEP_BENCH_SCALE says how much data (1 is 20,000 events and 100,000 api_logs).
/// </summary>
internal static class DigestBench
{
    private const int Jobs = 2;
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(Server server, int rounds)
    {
        var scale = Environment.GetEnvironmentVariable("UPKEEP_BENCH_SCALE") ?? "20";
        var settings = await server.SampleAsync(scale);
        await using var door = new DatabaseDoor(settings);
        var (programs, problem) = await DumpPrograms.FindAsync(server.Programs, null, 0, CancellationToken.None);
        var dump = new PgDump(server.Programs, programs ?? throw new InvalidOperationException(problem!.What));
        var sides = new (string Name, Func<SnapshotSession, DigestScope, Task> Run)[]
        {
            ("`count(*)` of every table", (snapshot, scope) => CountAsync(door, snapshot, scope)),
            ("digests", (snapshot, scope) => DigestAsync(door, snapshot, scope, DigestAlgorithm.ColumnHashes)),
            ("digests by the rows' text (older manifests)", (snapshot, scope) => DigestAsync(door, snapshot, scope, DigestAlgorithm.RowTexts)),
            ("pg_dump", (snapshot, _) => DumpAsync(dump, settings, snapshot)),
            ("pg_dump and digests", (snapshot, scope) => Task.WhenAll(DumpAsync(dump, settings, snapshot), DigestAsync(door, snapshot, scope, DigestAlgorithm.ColumnHashes))),
            ("pg_dump and digests by the rows' text", (snapshot, scope) => Task.WhenAll(DumpAsync(dump, settings, snapshot), DigestAsync(door, snapshot, scope, DigestAlgorithm.RowTexts))),
        };
        var took = sides.ToDictionary(side => side.Name, _ => new List<(TimeSpan Wall, TimeSpan Processor)>());
        // The first round warms the machine and the compiler, and isn't counted.
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var side in sides)
            {
                await using var snapshot = await SnapshotSession.ExportAsync(door, _wait, CancellationToken.None);
                var scope = await DigestScope.ReadAsync(snapshot.Connection, CancellationToken.None);
                var (started, before) = (TimeProvider.System.GetTimestamp(), Processor(server));
                await side.Run(snapshot, scope);
                if (round > 0)
                    took[side.Name].Add((TimeProvider.System.GetElapsedTime(started), Processor(server) - before));
            }
        }
        var (alone, busy) = (RetentionBench.Median(took["pg_dump"], one => one.Wall), RetentionBench.Median(took["pg_dump"], one => one.Processor));
        Console.WriteLine($"Scale {scale}, pg_dump {programs.Version}, {Jobs} jobs, median of {rounds}.");
        Console.WriteLine("| what | s | × pg_dump | processor s | × pg_dump |");
        Console.WriteLine("|---|--:|--:|--:|--:|");
        foreach (var (name, times) in took)
        {
            var (wall, processor) = (RetentionBench.Median(times, one => one.Wall), RetentionBench.Median(times, one => one.Processor));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {wall:0.00} | {wall / alone:0.00} | {processor:0.00} | {processor / busy:0.00} |"));
        }
    }

    // The server's, and that of programs which ended (proc(5): fields 16 and 17, in hundredths of a second).
    private static TimeSpan Processor(Server server)
    {
        var stat = File.ReadAllText("/proc/self/stat");
        var ended = stat[(stat.LastIndexOf(')') + 2)..].Split(' ').Skip(13).Take(2).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        return server.ProcessorTime().Server + TimeSpan.FromMilliseconds(ended * 10);
    }

    private static async Task DumpAsync(PgDump dump, DatabaseSettings settings, SnapshotSession snapshot)
    {
        var folder = Directory.CreateTempSubdirectory("upkeep-bench-dump-").FullName;
        var environment = LibpqEnvironment.For(settings, snapshot.Connection, DatabaseDoor.ApplicationName);
        var (_, problem) = await dump.RunAsync(Path.Combine(folder, "dump"), snapshot.Id, Jobs, _wait, environment, _ => { }, CancellationToken.None);
        Directory.Delete(folder, recursive: true);
        if (problem is not null)
            throw new InvalidOperationException(problem.What);
    }

    private static Task<DatabaseDigest> DigestAsync(DatabaseDoor door, SnapshotSession snapshot, DigestScope scope, DigestAlgorithm algorithm) =>
        new DigestReader(door) { Algorithm = algorithm }.ReadAsync(snapshot, scope, Jobs, _wait, null, CancellationToken.None);

    private static Task CountAsync(DatabaseDoor door, SnapshotSession snapshot, DigestScope scope) =>
        Parallel.ForEachAsync(scope.Tables, new ParallelOptions { MaxDegreeOfParallelism = Jobs }, async (table, token) =>
        {
            await using var session = await SnapshotSession.JoinAsync(door, snapshot.Id, _wait, token);
            await session.Connection.ScalarAsync<long>($"select count(*) from only {table.Name.Quoted}", token);
        });
}
