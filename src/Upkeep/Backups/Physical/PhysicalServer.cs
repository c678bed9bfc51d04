using Npgsql;
using Upkeep.Backups.Engines;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Running;

namespace Upkeep.Backups.Physical;

/// <summary>A snapshot and the place in the server's log that belongs to it.</summary>
internal sealed record PhysicalStand(SnapshotSession Snapshot, RecoveryPoint Point);

/// <summary>What an engine says of the backup that it made.</summary>
internal sealed record PhysicalBackup(BackupEngineName Engine, BackupRequest Request, DateTimeOffset StartedAt, IReadOnlyDictionary<string, string> Tools, string Compression, string? Label);

/// <summary>What physical engines have in common: everything that is said to the server itself.</summary>
internal sealed class PhysicalServer(DatabaseDoor database, string backup, TimeSpan lockWait, TimeProvider time)
{
    private readonly QuietInstant _instants = new(database, time);

    /// <summary>How long to look for a quiet instant.</summary>
    public TimeSpan Patience { get => _instants.Patience; init => _instants = new QuietInstant(database, time) { Patience = value }; }

    /// <summary>Parallel jobs.</summary>
    public int Jobs { get; init; } = 1;

    public static async Task<PhysicalProgress> ProgressAsync(NpgsqlConnection connection, Action<long, long, string?> moved, CancellationToken cancellationToken) =>
        new(await connection.ScalarAsync<long>(Sql.File("Backups/Physical/cluster-bytes.sql"), cancellationToken),
            (await DigestScope.ReadAsync(connection, cancellationToken)).Bytes, moved);

    public Task<LogHold> HoldLogAsync(CancellationToken cancellationToken) => LogHold.TakeAsync(database, BackupTaker.ApplicationName(backup), cancellationToken);

    public async Task<PhysicalStand> StandAsync(CancellationToken cancellationToken)
    {
        var (snapshot, point) = await _instants.FindAsync(lockWait, cancellationToken);
        return new PhysicalStand(snapshot, point);
    }

    /// <inheritdoc cref="QuietInstant.PassAsync"/>
    public Task<string> PassAsync(CancellationToken cancellationToken) => _instants.PassAsync(backup, cancellationToken);

    public async Task<(DatabaseDigest? Digest, Problem? Problem)> DigestAsync(PhysicalStand stand, PhysicalProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            var scope = await ScopeAsync(stand.Snapshot.Connection, cancellationToken);
            return (await new DigestReader(database).ReadAsync(stand.Snapshot, scope, Jobs, lockWait, progress.Digested, cancellationToken), null);
        }
        catch (DigestException unread)
        {
            return (null, DigestProblem.Of(unread));
        }
    }

    // Recovery empties unlogged tables, whatever the copy's files hold of them.
    private static async Task<DigestScope> ScopeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var scope = await DigestScope.ReadAsync(connection, cancellationToken);
        var unlogged = (await connection.QueryAsync("select oid from pg_class where relpersistence = 'u' and relkind = 'r'", row => row.GetFieldValue<uint>(0), cancellationToken)).ToHashSet();
        return new DigestScope([.. scope.Tables.Where(table => !unlogged.Contains(table.Oid))],
            [.. scope.NotCovered, .. scope.Tables.Where(table => unlogged.Contains(table.Oid)).Select(table => new NotCovered(table.Name.ToString(), "an unlogged table: recovery from the server's log leaves it empty"))]);
    }

    public async Task<BackupManifest> ManifestAsync(PhysicalBackup made, PhysicalStand stand, DatabaseDigest content, string part, CancellationToken cancellationToken)
    {
        var connection = stand.Snapshot.Connection;
        return new BackupManifest
        {
            Name = made.Request.Name,
            Run = made.Request.Run,
            Engine = made.Engine,
            Database = connection.Database,
            Server = await BackupOwner.ServerOfAsync(connection, cancellationToken),
            ServerBytes = await connection.ScalarAsync<long>(Sql.File("Backups/Physical/cluster-bytes.sql"), cancellationToken),
            ServerVersion = connection.PostgreSqlVersion.ToString(),
            Tools = made.Tools,
            Compression = made.Compression,
            Snapshot = stand.Snapshot.Id,
            Point = stand.Point,
            Traits = await DatabaseCopy.TraitsAsync(connection, cancellationToken),
            StartedAt = made.StartedAt,
            FinishedAt = time.GetUtcNow(),
            DatabaseBytes = await connection.ScalarAsync<long>("select pg_database_size(current_database())", cancellationToken),
            Files = await BackupStore.DescribeAsync(part, cancellationToken),
            Content = content,
            Label = made.Label,
        };
    }
}
