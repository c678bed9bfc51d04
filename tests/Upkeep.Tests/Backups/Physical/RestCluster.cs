using System.Globalization;
using Npgsql;
using Upkeep.Backups.Physical;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Clusters;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Physical;

/// <summary>A server whose log goes into a pgBackRest repository of the tests' own.</summary>
public sealed class RestCluster : IAsyncLifetime
{
    public const string Stanza = "tests";

    private static int _made;
    private ServerFolder? _folder;
    private TemporaryCluster? _cluster;

    public string Repository => Path.Combine(_folder!.Path, "repo");

    internal PgBackRestSettings Settings => new() { Stanza = Stanza, Configuration = Path.Combine(_folder!.Path, "pgbackrest.conf") };

    public async ValueTask InitializeAsync()
    {
        SkipWithoutProgram();
        _folder = await ServerOwned.CreateAsync(CancellationToken.None);
        var archive = $"pgbackrest --config={Settings.Configuration} --stanza={Stanza} archive-push %p";
        _cluster = await TemporaryCluster.StartAsync(Path.Combine(Path.GetTempPath(), $"upkeep-rest-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}"),
            ["fsync = off", "shared_buffers = 32MB", "autovacuum = off", "archive_mode = on", $"archive_command = '{archive}'", $"unix_socket_directories = '{_folder.Path}'"],
            PostgresServer.Programs, CancellationToken.None);
        var connection = new NpgsqlConnectionStringBuilder(_cluster.ConnectionString());
        await File.WriteAllTextAsync(Settings.Configuration!, string.Create(CultureInfo.InvariantCulture,
            $"""
            [global]
            repo1-path={Repository}
            repo1-retention-full=9
            log-path={_folder.Path}
            lock-path={_folder.Path}/lock
            log-level-file=off
            compress-level=1

            [{Stanza}]
            pg1-path={_cluster.Folder}/data
            pg1-port={connection.Port}
            pg1-socket-path={_folder.Path}
            pg1-user={connection.Username}

            """));
        string[] create = [$"--config={Settings.Configuration}", $"--stanza={Stanza}", "stanza-create"];
        var made = ClusterAccount.Choose() is { } account
            ? await PostgresServer.Programs.RunAsync("setpriv", account.Prefix("pgbackrest", create), new Dictionary<string, string?>(), null, CancellationToken.None)
            : await PostgresServer.Programs.RunAsync("pgbackrest", create, new Dictionary<string, string?>(), null, CancellationToken.None);
        made.ExitCode.ShouldBe(0, made.Output + made.Error);
    }

    public async Task<TestDatabase> CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        await using (var connection = new NpgsqlConnection(_cluster!.ConnectionString()))
        {
            await connection.OpenAsync(cancellationToken);
            await connection.ExecuteAsync($"create database {Sql.Identifier(name)}", cancellationToken);
        }
        var database = new TestDatabase(_cluster, name);
        await database.ExecuteAsync(CopiedCluster.Sample, cancellationToken);
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        if (_folder is not null)
            await _folder.DisposeAsync();
    }

    // As with the server: a laptop skips, CI fails.
    private static void SkipWithoutProgram()
    {
        if (!File.Exists("/usr/bin/pgbackrest") && Environment.GetEnvironmentVariable("CI") != "true")
            throw new InvalidOperationException("$XunitDynamicSkip$pgBackRest is not installed (apt-get install pgbackrest)");
    }
}
