namespace Upkeep.Bench;

/// <summary>Whole processes: how long the program takes to say its version, to plan, and to run when nothing is due; beside <c>psql</c> for one query.</summary>
internal static class StartBench
{
    public static async Task RunAsync(Server server, int rounds)
    {
        var name = await server.CopyAsync();
        await server.ExecuteAsync(name, "truncate public.api_logs, public.audit_logs, public.ingestion_logs");
        await server.ExecuteAsync(name, "vacuum analyze");
        var folder = Directory.CreateTempSubdirectory("upkeep-start-").FullName;
        var file = Path.Combine(folder, "upkeep.yaml");
        await File.WriteAllTextAsync(file,
            $"""
            platform: Bench
            database:
              url: postgres://upkeep_demo@127.0.0.1:{server.Port}/{name}?sslmode=disable
            retention:
              rules:
                - table: public.api_logs
                  column: created_at
                  keep: 30 days
            """);
        // A published one, compiled ahead, where that is named; else as built.
        var program = Environment.GetEnvironmentVariable("UPKEEP_BENCH_PROGRAM") ?? Path.Combine(AppContext.BaseDirectory, "upkeep");
        var sides = new (string Name, string Program, string[] Arguments)[]
        {
            ("psql -c 'select 1'", "psql", ["-h", "127.0.0.1", "-p", $"{server.Port}", "-U", "upkeep_demo", "-d", name, "-Atqc", "select 1"]),
            ("upkeep --version", program, ["--version"]),
            ("upkeep plan", program, ["plan", "--config", file]),
            ("pg_dump --format=directory --jobs=2, into a new folder", "sh", ["-c", $"rm -rf '{folder}/dump' && pg_dump -h 127.0.0.1 -p {server.Port} -U upkeep_demo --format=directory --jobs=2 --file='{folder}/dump' {name}"]),
            ("upkeep run --only preparation.backup", program, ["run", "--ignore-window", "--only", "preparation.backup", "--config", file]),
            ("upkeep run, nothing due (backup and proofs included)", program, ["run", "--ignore-window", "--config", file]),
        };
        var (query, dump) = (0.0, 0.0);
        Console.WriteLine("| what | median ms | × psql | × pg_dump | exit |");
        Console.WriteLine("|---|--:|--:|--:|--:|");
        foreach (var side in sides)
        {
            var took = new List<TimeSpan>();
            var exit = 0;
            for (var round = 0; round <= rounds; round++)
            {
                var result = await server.Programs.RunAsync(side.Program, side.Arguments, new Dictionary<string, string?>(), null, CancellationToken.None);
                exit = result.ExitCode;
                if (round > 0)
                    took.Add(result.Took);
            }
            var median = RetentionBench.Median(took, one => one) * 1000;
            (query, dump) = (query == 0 ? median : query, side.Program == "sh" ? median : dump);
            Console.WriteLine(FormattableString.Invariant($"| {side.Name} | {median:0} | {median / query:0.0} | {(dump == 0 ? "" : (median / dump).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture))} | {exit} |"));
        }
        Directory.Delete(folder, recursive: true);
        await server.DropAsync(name);
    }
}
