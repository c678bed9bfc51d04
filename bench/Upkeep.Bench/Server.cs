using System.Globalization;
using Npgsql;
using Upkeep.Configuration;
using Upkeep.Database;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Bench;

/// <summary>A cluster with durable commits, and a template of the logs that every side of a comparison starts from.</summary>
internal sealed class Server : IAsyncDisposable
{
    private const string Template = "logs";

    // Where its build put it: bin/CONFIGURATION/FRAMEWORK, as ours is.
    private static readonly string SceneScout = AppContext.BaseDirectory.Replace("/bench/Upkeep.Bench/", "/src/Upkeep.Cli/", StringComparison.Ordinal) + "scenescout/scenescout";

    private readonly TemporaryCluster _cluster;
    private readonly string _root;
    private int _copies;

    private Server(TemporaryCluster cluster, string root)
    {
        _cluster = cluster;
        _root = root;
    }

    public ProgramDoor Programs { get; } = new(Redactor.None, TimeProvider.System);

    public string ConnectionString(string database) => _cluster.ConnectionString(database);

    /// <summary>The databases of a copy: itself, and what a rollback kept beside it.</summary>
    public async Task<IReadOnlyList<string>> DatabasesAsync(string copy)
    {
        await using var session = await OpenAsync("postgres");
        return await session.QueryAsync("select datname::text from pg_database where datname = $1 or starts_with(datname, $1 || '_')", row => row.GetString(0), CancellationToken.None, copy);
    }

    public int Port => _cluster.Port;

    public static async Task<Server> StartAsync()
    {
        var root = Directory.CreateTempSubdirectory("upkeep-bench-").FullName;
        File.SetUnixFileMode(root, File.GetUnixFileMode(root) | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        var cluster = await TemporaryCluster.StartAsync(Path.Combine(root, "cluster"),
            ["shared_buffers = 1GB", "max_wal_size = 8GB", "checkpoint_timeout = 30min", "autovacuum = off", "max_connections = 60"],
            new ProgramDoor(Redactor.None, TimeProvider.System), CancellationToken.None);
        var server = new Server(cluster, root);
        await server.ExecuteAsync("postgres", $"create database {Template}");
        foreach (var statement in (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "logs.sql"))).Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            await server.ExecuteAsync(Template, statement);
        return server;
    }

    /// <summary>A fresh copy of the logs, with nothing left to write out.</summary>
    public async Task<string> CopyAsync()
    {
        var name = $"copy_{++_copies}";
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync("postgres", $"create database {name} template {Template} strategy file_copy");
        await WarmAsync(name);
        await ExecuteAsync("postgres", "checkpoint");
        return name;
    }

    /// <summary>A database with the sample platform's data.</summary>
    /// <param name="scale">1 is 20,000 events and 100,000 api_logs.</param>
    public async Task<DatabaseSettings> SampleAsync(string scale)
    {
        const string name = "sample";
        await ExecuteAsync("postgres", $"create database {name}");
        var url = string.Create(CultureInfo.InvariantCulture, $"postgres://upkeep_demo@127.0.0.1:{Port}/{name}?sslmode=disable");
        foreach (var arguments in new[] { new[] { "migrate" }, ["seed", "--scale", scale, "--seed", "1"] })
        {
            var result = await Programs.RunAsync(SceneScout, arguments, new Dictionary<string, string?> { ["DATABASE_URL"] = url }, null, CancellationToken.None);
            if (result.ExitCode != 0)
                throw new InvalidOperationException(result.Error);
        }
        await ExecuteAsync(name, "vacuum analyze");
        return new DatabaseSettings { ConnectionString = _cluster.ConnectionString(name) };
    }

    public async Task DropAsync(string name)
    {
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync("postgres", $"drop database {name} with (force)");
    }

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await connection.ExecuteAsync(sql, CancellationToken.None);
    }

    public async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(_cluster.ConnectionString(database) + ";Command Timeout=0");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>The retention step through the runner: look, act, prove, with a journal on disk. Returns what the whole and the act took.</summary>
    public Task<(TimeSpan Whole, TimeSpan Act)> RetentionAsync(string database, bool archive, bool throttled) => StepsAsync(database, throttled, new RetentionSettings
    {
        Archive = archive,
        Rules =
        [
            new RetentionRule { Table = "public.api_logs", Column = "created_at", Keep = TimeSpan.FromDays(30) },
            new RetentionRule { Table = "public.audit_logs", Column = "created_at", Keep = TimeSpan.FromDays(90) },
            new RetentionRule { Table = "public.ingestion_logs", Column = "created_at", Keep = TimeSpan.FromDays(7), Where = "status = 'success'", MaxShare = 0.99 },
        ],
    }, "database.retention");

    /// <summary>The vacuum step, and the analyze step where asked for, through the runner.</summary>
    public Task<(TimeSpan Whole, TimeSpan Act)> VacuumAsync(string database, bool throttled, bool analyze) =>
        StepsAsync(database, throttled, new RetentionSettings(), analyze ? ["database.vacuum", "database.analyze"] : ["database.vacuum"]);

    private async Task<(TimeSpan Whole, TimeSpan Act)> StepsAsync(string database, bool throttled, RetentionSettings retention, params string[] ids)
    {
        var root = Path.Combine(_root, database);
        var folder = Path.Combine(root, "run");
        Directory.CreateDirectory(folder);
        var configuration = new UpkeepConfiguration
        {
            Platform = "Bench",
            Database = new DatabaseSettings { ConnectionString = _cluster.ConnectionString(database) },
            Throttle = new ThrottleSettings { Enabled = throttled },
            Retention = retention,
        };
        await using var door = new DatabaseDoor(configuration.Database);
        var steps = DatabaseSteps.Create(configuration, door, TimeProvider.System).Where(one => ids.Contains(one.Definition.Id)).ToList();
        using var journal = JournalFile.Open(Path.Combine(root, "journal.db"), Redactor.None, TimeProvider.System);
        using var stop = new StopSignal();
        var plan = new Plan([.. steps.Select(step => new PlannedStep(step.Definition with { Requires = [] }, PlanDecision.Run, null, null, TimeSpan.FromHours(1)))]);
        var started = TimeProvider.System.GetTimestamp();
        var status = await new Runner(journal, TimeProvider.System, _ => { }).RunAsync("run", plan, steps.ToDictionary(step => step.Definition.Id),
            new RunFrame(folder, Deadlines.None, false, TimeSpan.FromSeconds(30)), stop, CancellationToken.None);
        var whole = TimeProvider.System.GetElapsedTime(started);
        var facts = journal.Read("run");
        if (status is not (RunStatus.Succeeded or RunStatus.Attention))
            throw new InvalidOperationException($"the steps ended {status}: {facts.Select(entry => entry.Fact).OfType<StepEnded>().Last().Reason}");
        var act = facts.Last(entry => entry.Fact is StepActed).At - facts.First(entry => entry.Fact is ActIntended).At;
        return (whole, act);
    }

    /// <summary>Processor time used so far by all of the server's processes, and by ours: says what a job costs on a machine that others use too.</summary>
    public (TimeSpan Server, TimeSpan Ours) ProcessorTime()
    {
        var postmaster = int.Parse(File.ReadLines(Path.Combine(_cluster.Folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        var ticks = 0L;
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _)))
        {
            var stat = Path.Combine(folder, "stat");
            if (!File.Exists(stat))
                continue;
            // After the name in brackets: state, parent, …; 11 to 14 are user and system time, its own and of children that ended.
            var fields = ReadOrEmpty(stat) is { Length: > 0 } text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : [];
            var own = Path.GetFileName(folder) == postmaster.ToString(CultureInfo.InvariantCulture);
            if (fields.Length > 15 && (own || fields[1] == postmaster.ToString(CultureInfo.InvariantCulture)))
                ticks += fields.Skip(11).Take(own ? 4 : 2).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        }
        return (TimeSpan.FromMilliseconds(ticks * 10), Environment.CpuUsage.TotalTime);
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // The process ended between the listing and the look.
            return "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await _cluster.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private async Task WarmAsync(string database)
    {
        foreach (var table in Plain.Tables)
            await ExecuteAsync(database, $"select count(*) from {table.Name} where {table.Due.Replace("created_at <", "created_at + interval '0' <", StringComparison.Ordinal)}; select count(id) from {table.Name}");
    }
}

/// <summary>What people do instead.</summary>
internal static class Plain
{
    public static IReadOnlyList<(string Name, int Days, string Due)> Tables { get; } =
    [
        ("public.api_logs", 30, "created_at < now() - interval '30 days'"),
        ("public.audit_logs", 90, "created_at < now() - interval '90 days'"),
        ("public.ingestion_logs", 7, "created_at < now() - interval '7 days' and status = 'success'"),
    ];

    public static async Task OneDeletePerTableAsync(Server server, string database)
    {
        await using var session = await server.OpenAsync(database);
        foreach (var table in Tables)
            await session.ExecuteAsync($"delete from {table.Name} where {table.Due}", CancellationToken.None);
    }

    public static async Task ByDayAsync(Server server, string database)
    {
        await using var session = await server.OpenAsync(database);
        foreach (var table in Tables)
        {
            for (var day = 201; day > table.Days; day--)
                await session.ExecuteAsync($"delete from {table.Name} where created_at >= now() - interval '{day} days' and created_at < now() - interval '{day - 1} days'{(table.Name.EndsWith("ingestion_logs", StringComparison.Ordinal) ? " and status = 'success'" : "")}", CancellationToken.None);
        }
    }
}
