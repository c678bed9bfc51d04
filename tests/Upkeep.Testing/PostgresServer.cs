using Npgsql;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Testing;

/// <summary>One real server for all tests of an assembly: register with [assembly: AssemblyFixture(typeof(PostgresServer))].</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private TemporaryCluster? _cluster;
    private int _databases;

    public static ProgramDoor Programs { get; } = new(Redactor.None, TimeProvider.System);

    public async Task<TemporaryCluster> ClusterAsync(CancellationToken cancellationToken)
    {
        SkipWithoutServerPrograms();
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return _cluster ??= await TemporaryCluster.StartAsync(
                Path.Combine(Path.GetTempPath(), $"upkeep-tests-{Environment.ProcessId}"),
                ["fsync = off", "shared_preload_libraries = 'pg_stat_statements'", "max_connections = 200", "autovacuum = off"],
                Programs, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A new empty database on the server.</summary>
    /// <param name="schema">SQL to fill it with, or null.</param>
    public async Task<TestDatabase> CreateDatabaseAsync(CancellationToken cancellationToken, string? schema = null)
    {
        var cluster = await ClusterAsync(cancellationToken);
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using (var connection = new NpgsqlConnection(cluster.ConnectionString()))
        {
            await connection.OpenAsync(cancellationToken);
            await connection.ExecuteAsync($"create database {Sql.Identifier(name)}", cancellationToken);
        }
        var database = new TestDatabase(cluster, name);
        if (schema is not null)
            await database.ExecuteAsync(schema, cancellationToken);
        return database;
    }

    // A laptop without a server skips, CI fails: there a green run must mean that the tests ran. The token is how xunit hears of a skip
    // from a library that doesn't reference it.
    private static void SkipWithoutServerPrograms()
    {
        if (ServerPrograms.Folder("initdb") is null && Environment.GetEnvironmentVariable("CI") != "true")
            throw new InvalidOperationException("$XunitDynamicSkip$PostgreSQL is not installed (apt-get install postgresql postgresql-contrib)");
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        _gate.Dispose();
    }
}

/// <summary>A database of a test's own.</summary>
public sealed class TestDatabase(TemporaryCluster cluster, string name) : IAsyncDisposable
{
    private DatabaseDoor? _door;

    public TemporaryCluster Cluster { get; } = cluster;
    public string Name { get; } = name;
    public string ConnectionString => Cluster.ConnectionString(Name);
    public DatabaseSettings Settings => new() { ConnectionString = ConnectionString };
    public DatabaseDoor Door => _door ??= new DatabaseDoor(Settings);

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(sql, cancellationToken);
    }

    public async Task<T?> ScalarAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return await connection.ScalarAsync<T>(sql, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_door is not null)
            await _door.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
    }
}
