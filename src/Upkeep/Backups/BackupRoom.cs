using Npgsql;
using Upkeep.Configuration;
using Upkeep.Postgres;

namespace Upkeep.Backups;

/// <summary>The room that backups and restored copies take, estimated in one place for whoever asks: go/no-go, check, and the work itself.</summary>
public static class BackupRoom
{
    // A dump holds no indexes and is compressed: a sixth of SceneScout's, and rarely more than half of a database.
    private const double DumpShare = 0.5;

    // What a server needs besides the database: its own catalogs, its log, and sorts.
    private const long ServerReserve = 256L << 20;

    /// <summary>Bytes that a backup may take in <c>backup.folder</c>.</summary>
    /// <param name="databaseBytes">Size of the database.</param>
    public static async Task<long> OfBackupAsync(NpgsqlConnection connection, BackupEngineName engine, long databaseBytes, CancellationToken cancellationToken) => engine switch
    {
        BackupEngineName.PgDump => (long)(databaseBytes * DumpShare),
        BackupEngineName.PgBaseBackup => await connection.ScalarAsync<long>(Sql.File("Backups/Physical/cluster-bytes.sql"), cancellationToken),
        // The repository's disk is not ours to look at.
        _ => 0,
    };

    /// <summary>Bytes that a scratch server with so many bytes of databases may take.</summary>
    public static long OfScratch(long databaseBytes) => databaseBytes + (databaseBytes / 10) + ServerReserve;
}
