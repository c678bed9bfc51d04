using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Backups.Physical;

/// <summary>
/// Finds an instant at which a snapshot and a place in the server's log agree: every transaction that the snapshot sees is written before
/// that place, and no other one's end is. A copy recovered up to there shows exactly the snapshot's rows.
/// </summary>
/// <remarks>
/// A snapshot alone can't tell: transactions whose ids are above its upper bound may be ending too. So ids of our own stand around it. Our own
/// transaction takes its snapshot, then its id X, then reads the place; afterwards another session of ours takes an id Y.
/// Where the snapshot names nobody under way and ends at X, every id below X had ended and was seen; where Y follows X at once, nobody else
/// had begun to write before the place was read. Prepared transactions and such that go on for hours are under way too.
/// </remarks>
public sealed class QuietInstant(DatabaseDoor database, TimeProvider time)
{
    /// <summary>How long to look for one. A try takes about a millisecond.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Between two tries: the writers, not we, are to have the server.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <param name="lockWait">For the snapshot's session: longest wait for a lock on a table.</param>
    /// <returns>The exported snapshot and its place; where no instant was quiet, a place close by that is not exact.</returns>
    public async Task<(SnapshotSession Snapshot, RecoveryPoint Point)> FindAsync(TimeSpan lockWait, CancellationToken cancellationToken)
    {
        await using var other = await database.OpenAsync(cancellationToken);
        var started = time.GetTimestamp();
        do
        {
            RecoveryPoint? point = null;
            if (await NobodyWritesAsync(other, cancellationToken)
                && await SnapshotSession.ExportAsync(database, lockWait, async connection => (point = await QuietAsync(connection, other, cancellationToken)) is not null, cancellationToken) is { } snapshot)
                return (snapshot, point!);
            await Task.Delay(Pause, time, cancellationToken);
        }
        while (time.GetElapsedTime(started) < Patience);
        var disturbed = await SnapshotSession.ExportAsync(database, lockWait, cancellationToken);
        return (disturbed, new RecoveryPoint((await PlaceAsync(disturbed.Connection, cancellationToken)), Exact: false));
    }

    /// <summary>Writes something into the log and waits until it is on the server's disk, so that recovery finds a record behind every place read before.</summary>
    /// <returns>The end of that record. The log goes on a little behind it, so that a receiver that wants to see more than its end needn't wait for others to write.</returns>
    public async Task<string> PassAsync(string backup, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // Local: a standby that is slow or gone is no reason to wait. The end of the transaction is a record of its own.
        return (await connection.QueryAsync("select set_config('synchronous_commit', 'local', true), pg_logical_emit_message(true, 'upkeep', $1)::text",
            row => row.GetString(1), cancellationToken, backup))[0];
    }

    /// <summary>Whether a snapshot names nobody under way below our own transaction's id.</summary>
    /// <param name="snapshot">As pg_current_snapshot writes it: lowest, first not assigned, and those under way between, for example <c>735:737:735</c>.</param>
    internal static bool IsQuiet(string snapshot, string own)
    {
        var parts = snapshot.Split(':');
        return parts is [var lowest, var next, ""] && lowest == next && next == own;
    }

    private static async Task<RecoveryPoint?> QuietAsync(NpgsqlConnection connection, NpgsqlConnection other, CancellationToken cancellationToken)
    {
        // The order counts: the server works from left to right, after it has taken the statement's snapshot.
        var (snapshot, own, place) = (await connection.QueryAsync("select pg_current_snapshot()::text, pg_current_xact_id()::text, pg_current_wal_insert_lsn()::text",
            row => (row.GetString(0), row.GetString(1), row.GetString(2)), cancellationToken))[0];
        if (!IsQuiet(snapshot, own))
            return null;
        var following = await other.ScalarAsync<string>("select pg_current_xact_id()::text", cancellationToken);
        return ulong.Parse(following!, System.Globalization.CultureInfo.InvariantCulture) == ulong.Parse(own, System.Globalization.CultureInfo.InvariantCulture) + 1
            ? new RecoveryPoint(place, Exact: true) : null;
    }

    // Costs no transaction id, so it goes first.
    private static Task<bool> NobodyWritesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ScalarAsync<bool>("select pg_snapshot_xmin(now.snapshot) = pg_snapshot_xmax(now.snapshot) from (select pg_current_snapshot() as snapshot) now", cancellationToken);

    private static async Task<string> PlaceAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await connection.ScalarAsync<string>("select pg_current_wal_insert_lsn()::text", cancellationToken))!;
}
