using Npgsql;

namespace Upkeep.Postgres;

/// <summary>
/// A session in a REPEATABLE READ READ ONLY transaction, held open so that others (pg_dump, parallel sessions of ours) see the very same
/// rows. Values read in it have the same text whatever the server's or the role's settings.
/// </summary>
public sealed class SnapshotSession : IAsyncDisposable
{
    // Everything that changes how a value is written as text, and everything that would hide rows or end a long look.
    // Twice the settings of the door, because digests must not depend on who opened the session.
    private const string Settings =
        """
        set local DateStyle = 'ISO, YMD'; set local IntervalStyle = 'postgres'; set local TimeZone = 'UTC'; set local extra_float_digits = 1;
        set local bytea_output = 'hex'; set local xmloption = 'content'; set local lc_monetary = 'C'; set local search_path = '';
        set local row_security = off; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0;
        """;

    private readonly NpgsqlTransaction _transaction;

    private SnapshotSession(NpgsqlConnection connection, NpgsqlTransaction transaction, string id)
    {
        Connection = connection;
        _transaction = transaction;
        Id = id;
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>The snapshot's id, good for as long as the exporting session is open.</summary>
    public string Id { get; }

    /// <summary>Takes a new snapshot and exports it.</summary>
    /// <param name="lockWait">Longest wait for a lock on a table.</param>
    public static async Task<SnapshotSession> ExportAsync(DatabaseDoor door, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(door);
        return (await OpenAsync(door, null, lockWait, null, cancellationToken))!;
    }

    /// <summary>Takes a new snapshot and exports it where the caller likes the instant.</summary>
    /// <param name="accepts">Asked in the new transaction, whose snapshot is that of the first statement it sends.</param>
    /// <returns>Null where it doesn't.</returns>
    public static async Task<SnapshotSession?> ExportAsync(DatabaseDoor door, TimeSpan lockWait, Func<NpgsqlConnection, Task<bool>> accepts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(door);
        ArgumentNullException.ThrowIfNull(accepts);
        return await OpenAsync(door, null, lockWait, accepts, cancellationToken);
    }

    /// <summary>Joins a snapshot that another session exported.</summary>
    public static async Task<SnapshotSession> JoinAsync(DatabaseDoor door, string id, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(door);
        return (await OpenAsync(door, id, lockWait, null, cancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    private static async Task<SnapshotSession?> OpenAsync(DatabaseDoor door, string? id, TimeSpan lockWait, Func<NpgsqlConnection, Task<bool>>? accepts, CancellationToken cancellationToken)
    {
        var connection = await door.OpenAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
            var join = id is null ? "" : $"set transaction snapshot {Sql.Literal(id)};";
            var timeout = connection.PostgreSqlVersion.Major >= 17 ? "set local transaction_timeout = 0;" : "";
            await connection.ExecuteAsync(
                $"set transaction read only; {join} set local lock_timeout = {(long)lockWait.TotalMilliseconds}; {timeout} {Settings}", cancellationToken);
            if (accepts is not null && !await accepts(connection))
            {
                await transaction.DisposeAsync();
                await connection.DisposeAsync();
                return null;
            }
            id ??= await connection.ScalarAsync<string>("select pg_export_snapshot()", cancellationToken);
            return new SnapshotSession(connection, transaction, id!);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
