using Npgsql;
using Upkeep.Backups;
using Upkeep.Backups.Engines;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Clusters;
using Upkeep.Postgres.Digests;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Physical;

[CollectionDefinition(nameof(CopiedCluster))]
public sealed class CopiedClusterTests : ICollectionFixture<CopiedCluster>;

/// <summary>A small server of these tests' own: a physical copy takes all of a server, and other tests' writers must not disturb it.</summary>
public sealed class CopiedCluster : IAsyncLifetime
{
    public const string Name = "pre-maintenance-20261122";

    public const string Sample =
        """
        create table events as select g as id, 'event ' || g as title, now() as at from generate_series(1, 3000) g;
        alter table events add primary key (id);
        create sequence numbers; select nextval('numbers');
        """;

    private TemporaryCluster? _cluster;
    private int _databases;

    public TemporaryCluster Cluster => _cluster!;

    public async ValueTask InitializeAsync() =>
        _cluster = await TemporaryCluster.StartAsync(Path.Combine(Path.GetTempPath(), $"upkeep-copied-{Environment.ProcessId}"),
            ["fsync = off", "shared_buffers = 32MB", "max_prepared_transactions = 5", "autovacuum = off"], PostgresServer.Programs, CancellationToken.None);

    public async Task<TestDatabase> CreateDatabaseAsync(CancellationToken cancellationToken, string schema = Sample)
    {
        var name = $"copied_{Interlocked.Increment(ref _databases)}";
        await using (var connection = new NpgsqlConnection(Cluster.ConnectionString()))
        {
            await connection.OpenAsync(cancellationToken);
            await connection.ExecuteAsync($"create database {Sql.Identifier(name)}", cancellationToken);
        }
        var database = new TestDatabase(Cluster, name);
        await database.ExecuteAsync(schema, cancellationToken);
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    internal static BackupSettings Settings(StepHarness harness) => new()
    {
        Folder = Directory.CreateDirectory(Path.Combine(harness.Root, "backups")).FullName,
        Engine = BackupEngineName.PgBaseBackup,
    };

    internal static BackupTaker Taker(DatabaseDoor door, StepHarness harness, TimeSpan? patience = null) =>
        new(door, PostgresServer.Programs, Settings(harness), TimeProvider.System)
        {
            Engine = new PgBaseBackupEngine(door, PostgresServer.Programs, Settings(harness), TimeProvider.System) { Patience = patience ?? TimeSpan.FromSeconds(20) },
        };

    internal static IBackupEngine Engine(DatabaseDoor door, StepHarness harness) => Taker(door, harness).Engine;

    internal static string Folder(StepHarness harness) => new BackupStore(Settings(harness).Folder).Folder(Name);

    internal static BackupRequest Request() => new(Name, StepHarness.Run, (_, _, _) => { });

    /// <summary>A folder for a scratch server; a harness's own is closed to the server's user.</summary>
    internal static string Scratch() => Path.Combine(Path.GetTempPath(), $"upkeep-scratch-{Guid.NewGuid():N}");

    /// <summary>What differs between a manifest and a restored copy.</summary>
    internal static async Task<IReadOnlyList<string>> DifferencesAsync(BackupManifest manifest, DatabaseDoor copy, CancellationToken cancellationToken) =>
        DigestComparison.Of(manifest.Content, await new DigestReader(copy).OfDatabaseAsync(2, TimeSpan.FromSeconds(10), null, cancellationToken));
}
