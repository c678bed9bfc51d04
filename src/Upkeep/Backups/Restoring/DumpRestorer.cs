using Npgsql;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Clusters;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Restoring;

/// <summary>Restores logical dumps on a scratch server of our own.</summary>
public sealed class DumpRestorer(ProgramDoor door, BackupSettings settings, TimeProvider time)
{
    // Nothing on a scratch server is to survive it, so it need not wait for the disk.
    private static readonly string[] _forRestoring =
    [
        "fsync = off", "synchronous_commit = off", "full_page_writes = off", "wal_level = minimal", "max_wal_senders = 0", "autovacuum = off",
    ];

    /// <param name="dump">The dump's folder.</param>
    public async Task<(RestoredCopy? Copy, Problem? Problem)> RestoreAsync(BackupManifest manifest, string dump, RestoreRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(request);
        var (programs, missing) = await DumpPrograms.FindAsync(door, settings.ProgramFolder, 0, cancellationToken);
        if (programs is null)
            return (null, missing);
        var started = time.GetTimestamp();
        var cluster = await TemporaryCluster.StartAsync(new ClusterSettings { Folder = request.Folder, Configuration = _forRestoring }, door, cancellationToken);
        var served = time.GetElapsedTime(started);
        RestoredCopy? copy = null;
        try
        {
            await MakeAsync(cluster, manifest, cancellationToken);
            if (await FillAsync(cluster, manifest.Database, programs, dump, cancellationToken) is { } problem)
                return (null, problem);
            copy = new RestoredCopy(cluster, manifest.Name, manifest.Database,
                [new RestorePhase("server made and started", served), new RestorePhase("rows, indexes and constraints", time.GetElapsedTime(started) - served)]);
            return (copy, null);
        }
        finally
        {
            if (copy is null)
                await cluster.DisposeAsync();
        }
    }

    private static async Task MakeAsync(TemporaryCluster cluster, BackupManifest manifest, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString());
        await connection.OpenAsync(cancellationToken);
        foreach (var role in manifest.Traits?.Roles ?? [])
            await connection.ExecuteAsync($"create role {Sql.Identifier(role)}", cancellationToken);
        await connection.ExecuteAsync(manifest.Traits is { } traits ? DatabaseCopy.CreateStatement(manifest.Database, traits) : $"create database {Sql.Identifier(manifest.Database)}", cancellationToken);
    }

    private async Task<Problem?> FillAsync(TemporaryCluster cluster, string database, DumpPrograms programs, string dump, CancellationToken cancellationToken)
    {
        var target = new DatabaseSettings { ConnectionString = cluster.ConnectionString(database) };
        await using var connection = new NpgsqlConnection(target.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var environment = LibpqEnvironment.For(target, connection, DatabaseDoor.ApplicationName);
        return await new PgRestore(door, programs).RunAsync(new PgRestoreRequest(dump, database, environment, settings.Jobs) { Options = ["--no-tablespaces"] }, cancellationToken);
    }
}
