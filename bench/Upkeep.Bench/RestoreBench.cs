using System.Globalization;
using Npgsql;
using Upkeep.Backups;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Bench;

/// <summary>
/// Backup and restore test, beside <c>pg_dump | gzip</c> and <c>gunzip | psql</c> into a server as initdb leaves it, and beside pgBackRest where it is installed, with the same checks
/// (rows of every table counted on both sides, pg_amcheck). All sides in one run on the same sample; the order changes from round to round.
/// </summary>
internal static class RestoreBench
{
    private const string Database = "scenescout";

    /// <param name="scale">Of the sample; 1 is the demo's size.</param>
    public static async Task RunAsync(int rounds, double scale)
    {
        var root = Directory.CreateTempSubdirectory("upkeep-restore-bench-").FullName;
        File.SetUnixFileMode(root, File.GetUnixFileMode(root) | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        var door = new ProgramDoor(Redactor.None, TimeProvider.System);
        await using (var source = await TemporaryCluster.StartAsync(Path.Combine(root, "source"),
            ["shared_buffers = 1GB", "max_wal_size = 8GB", "checkpoint_timeout = 30min", "autovacuum = off", .. PgBackRestSide.ServerSettings(root)], door, CancellationToken.None))
            await CompareAsync(source, door, root, rounds, scale);
        Directory.Delete(root, recursive: true);
    }

    private static async Task CompareAsync(TemporaryCluster source, ProgramDoor door, string root, int rounds, double scale)
    {
        var bytes = await FillAsync(source, door, scale);
        Console.WriteLine(Text($"sample at scale {scale}: {bytes / 1048576.0:0} MB on the server, {Environment.ProcessorCount} processors"));
        Console.WriteLine("| round | side | backup s | restore and checks s | whole s | CPU s | size MB |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        var rest = new PgBackRestSide(source, root);
        var sides = new List<(string Name, Func<int, Task<Taken>> Run)>
        {
            ("upkeep", round => UpkeepAsync(source, door, Path.Combine(root, $"ours-{round}"))),
            ("pg_dump, gzip, psql", round => PlainAsync(source, door, Path.Combine(root, $"plain-{round}"))),
        };
        if (await rest.PrepareAsync())
            sides.Add(("pgbackrest backup, restore", _ => PgBackRestAsync(source, door, rest)));
        var all = new List<(string Side, Taken Taken)>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var side in round % 2 == 0 ? sides : sides.AsEnumerable().Reverse())
            {
                var (idle, started) = (Cpu(), TimeProvider.System.GetTimestamp());
                var taken = await side.Run(round);
                taken = taken with { Whole = TimeProvider.System.GetElapsedTime(started), Processor = Cpu() - idle };
                all.Add((side.Name, taken));
                Console.WriteLine(Text($"| {round + 1} | {side.Name} | {taken.Backup.TotalSeconds:0.0} | {taken.Restore.TotalSeconds:0.0} | {taken.Whole.TotalSeconds:0.0} | {taken.Processor.TotalSeconds:0.0} | {taken.Bytes / 1048576.0:0.0} |"));
            }
        }
        foreach (var other in sides.Skip(1))
            Ratios(other.Name, [.. all.Where(one => one.Side == sides[0].Name).Select(one => one.Taken)], [.. all.Where(one => one.Side == other.Name).Select(one => one.Taken)]);
        NpgsqlConnection.ClearAllPools();
    }

    private static void Ratios(string other, IReadOnlyList<Taken> ours, IReadOnlyList<Taken> theirs)
    {
        double Ratio(Func<Taken, double> of) => RetentionBench.Median([.. ours.Select(one => TimeSpan.FromSeconds(of(one)))], one => one) / RetentionBench.Median([.. theirs.Select(one => TimeSpan.FromSeconds(of(one)))], one => one);
        Console.WriteLine(Text($"upkeep over {other}, medians: backup {Ratio(one => one.Backup.TotalSeconds):0.00}, restore and checks {Ratio(one => one.Restore.TotalSeconds):0.00}, whole {Ratio(one => one.Whole.TotalSeconds):0.00} (goal 0.50), CPU {Ratio(one => one.Processor.TotalSeconds):0.00}, size {Ratio(one => one.Bytes / 1048576.0):0.00} (goal 1.00)"));
    }

    private static async Task<Taken> UpkeepAsync(TemporaryCluster source, ProgramDoor door, string folder)
    {
        var settings = new BackupSettings { Folder = Path.Combine(folder, "backups"), Jobs = Environment.ProcessorCount, Restore = new RestoreSettings { Folder = folder, Nice = 0 } };
        Directory.CreateDirectory(folder);
        await using var database = new DatabaseDoor(new DatabaseSettings { ConnectionString = source.ConnectionString(Database) });
        var started = TimeProvider.System.GetTimestamp();
        var (manifest, problem) = await new BackupTaker(database, door, settings, TimeProvider.System).TakeAsync(new BackupRequest("bench", null, (_, _, _) => { }), CancellationToken.None);
        var backup = TimeProvider.System.GetElapsedTime(started);
        var stored = manifest is null ? throw new InvalidOperationException(problem!.What) : (await new BackupStore(settings.Folder).ListAsync(CancellationToken.None))[0];
        var test = await new RestoreTester(database, door, settings, folder, TimeProvider.System).TestAsync(stored, (_, _, _) => { }, CancellationToken.None);
        await using (test.Copy)
        {
            if (test.Proven is not { Holds: true } proven)
                throw new InvalidOperationException(test.Problem?.What ?? string.Join("; ", test.Proven!.Findings.Problems));
            foreach (var phase in proven.Phases)
                Console.Error.WriteLine(Text($"  {phase.Took.TotalSeconds:0.0} s {phase.Name}"));
        }
        return new Taken(backup, TimeProvider.System.GetElapsedTime(started) - backup, manifest.Bytes());
    }

    private static async Task<Taken> PlainAsync(TemporaryCluster source, ProgramDoor door, string folder)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "dump.sql.gz");
        var started = TimeProvider.System.GetTimestamp();
        await ShellAsync(door, source.Port, $"pg_dump --dbname={Database} | gzip > {file}");
        var backup = TimeProvider.System.GetElapsedTime(started);
        await using (var copy = await TemporaryCluster.StartAsync(Path.Combine(folder, "copy"), [], door, CancellationToken.None))
        {
            await ShellAsync(door, copy.Port, $"createdb {Database} && gunzip < {file} | psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname={Database} > /dev/null");
            foreach (var port in new[] { source.Port, copy.Port })
                await CountAsync(source, port);
            await CheckAsync(door, copy.Port);
        }
        return new Taken(backup, TimeProvider.System.GetElapsedTime(started) - backup, new FileInfo(file).Length);
    }

    private static async Task<Taken> PgBackRestAsync(TemporaryCluster source, ProgramDoor door, PgBackRestSide rest)
    {
        var started = TimeProvider.System.GetTimestamp();
        await rest.BackUpAsync();
        var backup = TimeProvider.System.GetElapsedTime(started);
        await rest.RestoreAsync(async copy =>
        {
            foreach (var port in new[] { source.Port, copy })
                await CountAsync(source, port);
            await CheckAsync(door, copy);
        });
        return new Taken(backup, TimeProvider.System.GetElapsedTime(started) - backup, rest.Bytes());
    }

    private static Task CheckAsync(ProgramDoor door, int port) =>
        ShellAsync(door, port, $"pg_amcheck --database={Database} --install-missing --heapallindexed --parent-check --jobs={Environment.ProcessorCount}");

    // Both servers have the same superuser without a password.
    private static async Task CountAsync(TemporaryCluster source, int port)
    {
        var address = new NpgsqlConnectionStringBuilder(source.ConnectionString(Database)) { Port = port, CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync();
        foreach (var table in await connection.QueryAsync("select oid::regclass::text from pg_class where relkind = 'r' and relnamespace >= 16384 or relkind = 'r' and relnamespace = 'public'::regnamespace", row => row.GetString(0), CancellationToken.None))
            await connection.ScalarAsync<long>($"select count(*) from {table}", CancellationToken.None);
    }

    // What people type: a shell, a pipe, whatever programs come first.
    private static async Task ShellAsync(ProgramDoor door, int port, string line)
    {
        var result = await door.RunAsync("bash", ["-o", "pipefail", "-c", line], new Dictionary<string, string?>
        {
            ["PGHOST"] = "127.0.0.1", ["PGPORT"] = port.ToString(CultureInfo.InvariantCulture), ["PGUSER"] = "upkeep_demo",
            ["PATH"] = $"{ServerPrograms.Folder("pg_amcheck")}:{Environment.GetEnvironmentVariable("PATH")}",
        }, null, CancellationToken.None);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"{line} ended with status {result.ExitCode}: {result.Error}");
    }

    private static async Task<long> FillAsync(TemporaryCluster source, ProgramDoor door, double scale)
    {
        await using var connection = new NpgsqlConnection(source.ConnectionString());
        await connection.OpenAsync();
        await connection.ExecuteAsync($"create database {Database}", CancellationToken.None);
        var program = Path.Combine(AppContext.BaseDirectory, "scenescout", "scenescout");
        foreach (var arguments in new string[][] { ["migrate"], ["seed", "--scale", scale.ToString(CultureInfo.InvariantCulture), "--seed", "1"] })
        {
            var result = await door.RunAsync(program, arguments, new Dictionary<string, string?> { ["DATABASE_URL"] = $"postgres://upkeep_demo@127.0.0.1:{source.Port}/{Database}?sslmode=disable" }, null, CancellationToken.None);
            if (result.ExitCode != 0)
                throw new InvalidOperationException($"scenescout {arguments[0]} ended with status {result.ExitCode}: {result.Error}");
        }
        await connection.ExecuteAsync("checkpoint", CancellationToken.None);
        return await connection.ScalarAsync<long>($"select pg_database_size('{Database}')", CancellationToken.None);
    }

    // user, nice, system, then (after idle and iowait) interrupts.
    private static readonly int[] _busy = [1, 2, 3, 6, 7];

    // Of the whole machine, in hundredths of a second: both sides spread over many processes, some of them short-lived. Says something on a quiet machine only.
    private static TimeSpan Cpu()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return TimeSpan.FromMilliseconds(10 * _busy.Sum(field => long.Parse(fields[field], CultureInfo.InvariantCulture)));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Taken(TimeSpan Backup, TimeSpan Restore, long Bytes)
    {
        public TimeSpan Whole { get; init; }
        public TimeSpan Processor { get; init; }
    }
}
