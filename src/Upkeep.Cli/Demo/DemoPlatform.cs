using System.Globalization;
using Npgsql;
using Upkeep.Cli.Output;
using Upkeep.Postgres;
using Upkeep.Postgres.Clusters;
using Upkeep.Processes;

namespace Upkeep.Cli.Demo;

/// <summary>The running demo: a cluster with a full database, and the site on it. Gone when disposed, unless kept.</summary>
internal sealed class DemoPlatform : IAsyncDisposable
{
    private const string Database = "scenescout";

    private readonly TemporaryCluster _cluster;
    private readonly DemoSettings _settings;
    private Companion? _site;
    private bool _kept;

    private DemoPlatform(TemporaryCluster cluster, DemoSettings settings)
    {
        _cluster = cluster;
        _settings = settings;
    }

    /// <summary>The database as a URL; the cluster trusts whoever is on this machine, so it has no password.</summary>
    public string DatabaseUrl => string.Create(CultureInfo.InvariantCulture,
        $"postgres://{new NpgsqlConnectionStringBuilder(_cluster.ConnectionString()).Username}@127.0.0.1:{_cluster.Port}/{Database}?sslmode=disable");

    public Uri? Site { get; private set; }

    /// <summary>Makes the cluster, fills it and starts the site, telling what takes time.</summary>
    public static async Task<DemoPlatform> StartAsync(DemoSettings settings, ProgramDoor programs, CommandOutput output, CancellationToken cancellationToken)
    {
        var folder = await ClusterFolderAsync(settings, programs, cancellationToken);
        new DemoTraces(folder, null).Write(settings);
        output.Progress($"Starting a throw-away PostgreSQL in {folder}");
        var demo = new DemoPlatform(await TemporaryCluster.StartAsync(new ClusterSettings { Folder = folder, Configuration = Configuration() }, programs, cancellationToken), settings);
        try
        {
            await demo.CreateDatabaseAsync(cancellationToken);
            output.Progress($"Filling it with SceneScout's data (scale {settings.ScaleText}, seed {settings.SeedText})");
            var program = new SceneScoutProgram(programs, demo.DatabaseUrl);
            await program.FillAsync(settings, cancellationToken);
            // Before the site: a database is copied only while nobody is in it.
            output.Progress("Its nightly job leaves the dumps of two weeks, one of them cut short");
            await program.LeaveNightsAsync(settings, Path.Combine(ServerPrograms.Folder("pg_dump") ?? "", "pg_dump"), cancellationToken);
            (demo._site, demo.Site) = await program.ServeAsync(settings, cancellationToken);
            new DemoTraces(folder, ProcessIdentity.Of(demo._site.Id)).Write(settings);
            output.Progress($"The site answers at {demo.Site}, with a few visitors a second");
            return demo;
        }
        catch
        {
            await demo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Leaves cluster and site running when we end.</summary>
    public async Task KeepAsync()
    {
        SceneScoutProgram.Keep(_site!);
        await _cluster.KeepAsync();
        _kept = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_kept)
            return;
        if (_site is not null)
        {
            await _site.EndAsync(CancellationToken.None);
            _site.Dispose();
        }
        await _cluster.DisposeAsync();
        File.Delete(_settings.Traces);
    }

    // Below the demo's own folder where the server's user can get there; root's home, for one, is closed to it.
    private static async Task<string> ClusterFolderAsync(DemoSettings settings, ProgramDoor programs, CancellationToken cancellationToken) =>
        await TemporaryCluster.CanLiveInAsync(settings.Folder, programs, cancellationToken)
            ? Path.Combine(settings.Folder, "cluster")
            : Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"upkeep-demo-{Environment.ProcessId}"));

    // Without autovacuum every demo meets the same dead rows; without fsync it is quick, and nothing in it is to survive.
    private static IReadOnlyList<string> Configuration() =>
    [
        "fsync = off", "autovacuum = off", "max_connections = 60", "track_io_timing = on", "shared_preload_libraries = 'pg_stat_statements'",
    ];

    private async Task CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_cluster.ConnectionString()) { Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken);
        await connection.ExecuteAsync($"create database {Sql.Identifier(Database)}", cancellationToken);
    }
}
