using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Postgres;
using Upkeep.Redaction;
using Upkeep.Rollback.Rows;
using Upkeep.Running;

namespace Upkeep.Bench;

/// <summary>How long nobody can work while the database is put back, with writers in it: our full rollback, and dropdb, createdb, pg_restore.</summary>
internal static class SwapBench
{
    private const string Run = "weekly-20261122";

    private static volatile bool _servicesAreStopped;

    public static async Task RunAsync(Server server, int rounds, int writers)
    {
        Console.WriteLine($"| round | side | whole s | nobody could work ms (longest time without a write, {writers} writers) | ended to commit ms |");
        Console.WriteLine("|---|---|---|---|---|");
        var (ours, plain) = (new List<double>(), new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            var (whole, gap, swap) = await SideAsync(server, writers, FullRollbackAsync);
            ours.Add(gap.TotalMilliseconds);
            Tell(round, "upkeep rollback --full", whole, gap, swap);
            (whole, gap, _) = await SideAsync(server, writers, DropAndRestoreAsync);
            plain.Add(gap.TotalMilliseconds);
            Tell(round, "dropdb, createdb, pg_restore", whole, gap, null);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median downtime: upkeep {Median(ours):0} ms, plain {Median(plain):0} ms, ratio {Median(plain) / Median(ours):0.0}"));
    }

    private static void Tell(int round, string side, TimeSpan whole, TimeSpan gap, double? swap) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| {round} | {side} | {whole.TotalSeconds:0.0} | {gap.TotalMilliseconds:0} | {(swap is { } ms ? ms.ToString("0", CultureInfo.InvariantCulture) : "")} |"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task<(TimeSpan Whole, TimeSpan Gap, double? Swap)> SideAsync(Server server, int writers, Func<Server, UpkeepConfiguration, Task<double?>> work)
    {
        var name = await server.CopyAsync();
        var root = Directory.CreateTempSubdirectory("upkeep-swap-").FullName;
        var configuration = new UpkeepConfiguration
        {
            Platform = "Bench", Root = root, Database = new DatabaseSettings { ConnectionString = server.ConnectionString(name) }, Backup = new BackupSettings { Folder = Path.Combine(root, "backups") },
        };
        await BackUpAsync(server, configuration);
        using var end = new CancellationTokenSource();
        var gaps = Enumerable.Range(0, writers).Select(_ => Task.Run(() => LongestGapAsync(configuration.Database.ConnectionString, end.Token))).ToList();
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        var started = TimeProvider.System.GetTimestamp();
        var swap = await work(server, configuration);
        var whole = TimeProvider.System.GetElapsedTime(started);
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        await end.CancelAsync();
        var gap = (await Task.WhenAll(gaps)).Max();
        Directory.Delete(root, recursive: true);
        NpgsqlConnection.ClearAllPools();
        foreach (var left in await server.DatabasesAsync(name))
            await server.DropAsync(left);
        return (whole, gap, swap);
    }

    private static async Task BackUpAsync(Server server, UpkeepConfiguration configuration)
    {
        using (var journal = JournalFile.Open(Path.Combine(configuration.Root, "journal.db"), Redactor.None, TimeProvider.System))
        {
            journal.Append(Run, null, new RunStarted
            {
                Platform = "Bench", Window = null, Folder = Path.Combine(configuration.Root, Run), Steps = [], UpkeepVersion = "bench", Host = "bench", ProcessId = Environment.ProcessId, ConfigurationSha256 = "",
            });
        }
        await using var door = new DatabaseDoor(configuration.Database);
        var (manifest, problem) = await new BackupTaker(door, server.Programs, configuration.Backup, TimeProvider.System).TakeAsync(new BackupRequest(BackupName.Of(Run), Run, (_, _, _) => { }), CancellationToken.None);
        if (manifest is null)
            throw new InvalidOperationException(problem!.What);
    }

    private static async Task<double?> FullRollbackAsync(Server server, UpkeepConfiguration configuration)
    {
        await using var doors = Doors.Open(configuration, Redactor.None, TimeProvider.System);
        using var stop = new StopSignal();
        var outcome = (RollbackOutcome.Full)await new FullRollback(new Platform(configuration, "", doors, []), _ => { }).RunAsync(new FullRollbackRequest(Run, CarryOver.No), stop, CancellationToken.None);
        return outcome.Steps[0].Status is StepStatus.Succeeded or StepStatus.Attention
            ? outcome.Steps[0].Measures.Single(measure => measure.Name == "swap_downtime").After
            : throw new InvalidOperationException(outcome.Steps[0].Reason);
    }

    private static async Task<double?> DropAndRestoreAsync(Server server, UpkeepConfiguration configuration)
    {
        var name = new NpgsqlConnectionStringBuilder(configuration.Database.ConnectionString).Database!;
        // As people do it, with the services stopped: whoever writes into a table that is being restored makes its primary key fail.
        _servicesAreStopped = true;
        await ProgramAsync(server, "dropdb", "--force", name);
        await ProgramAsync(server, "createdb", "--template=template0", name);
        await ProgramAsync(server, "pg_restore", "--jobs=2", $"--dbname={name}", Path.Combine(configuration.Backup.Folder, BackupName.Of(Run), "dump"));
        _servicesAreStopped = false;
        return null;
    }

    private static async Task ProgramAsync(Server server, string program, params string[] arguments)
    {
        var target = new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres"));
        var start = new ProcessStartInfo(Path.Combine(ServerPrograms.Folder(program)!, program), arguments);
        start.Environment["PGHOST"] = target.Host;
        start.Environment["PGPORT"] = target.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = target.Username;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with status {process.ExitCode}");
    }

    private static async Task<TimeSpan> LongestGapAsync(string address, CancellationToken end)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(address) { Pooling = false }.ToString();
        var (last, longest) = (TimeProvider.System.GetTimestamp(), TimeSpan.Zero);
        while (!end.IsCancellationRequested)
        {
            if (_servicesAreStopped)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
                continue;
            }
            try
            {
                await using var session = new NpgsqlConnection(unpooled);
                await session.OpenAsync(CancellationToken.None);
                while (!end.IsCancellationRequested && !_servicesAreStopped)
                {
                    await session.ExecuteAsync("insert into public.api_logs (created_at, endpoint, method, status, duration_ms) values (now(), '/live', 'GET', 200, 1)", CancellationToken.None);
                    var gap = TimeProvider.System.GetElapsedTime(last);
                    last = TimeProvider.System.GetTimestamp();
                    longest = gap > longest ? gap : longest;
                    await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
                }
            }
            catch (NpgsqlException)
            {
                // Thrown out, or no table there yet: back at once, as an application's pool does.
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
            }
        }
        return longest;
    }
}
