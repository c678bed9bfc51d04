using System.Globalization;
using Npgsql;

namespace Upkeep.Postgres;

/// <summary>Who holds the advisory lock, as the server tells it.</summary>
/// <param name="Label">The session's application_name, which ours fill with run, time and host.</param>
public sealed record AdvisoryHolder(int ServerProcessId, string Label);

/// <summary>
/// The lock in the target database: one run at a time on this database, from whatever machine. It belongs to a session of its own that
/// stays open; when the process dies, the server ends the session and frees the lock.
/// </summary>
public sealed class AdvisoryLock : IAsyncDisposable
{
    /// <summary>First eight bytes of SHA-256("upkeep.maintenance"), big-endian: no other program comes upon it by chance.</summary>
    public const long Key = -655348865124321207;

    // pg_locks shows a 64-bit key as two halves, with objsubid 1.
    private static readonly string _held = string.Create(CultureInfo.InvariantCulture,
        $"""
        from pg_catalog.pg_locks l
        where l.locktype = 'advisory' and l.granted and l.objsubid = 1
          and l.classid = {unchecked((uint)(Key >> 32))} and l.objid = {unchecked((uint)Key)}
          and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
        """);

    private readonly DatabaseDoor _door;
    private readonly string _label;
    private NpgsqlConnection? _session;

    private AdvisoryLock(DatabaseDoor door, string label, NpgsqlConnection session)
    {
        _door = door;
        _label = label;
        _session = session;
    }

    /// <summary>Takes the lock, or says who has it.</summary>
    /// <param name="label">Shown to others in pg_stat_activity; cut at 63 bytes by the server.</param>
    /// <exception cref="DatabaseUnreachableException">There is no session to be had.</exception>
    public static async Task<(AdvisoryLock? Lock, AdvisoryHolder? Holder)> TryTakeAsync(DatabaseDoor door, string label, CancellationToken cancellationToken)
    {
        var taken = new AdvisoryLock(door, label, await door.OpenOwnAsync(label, cancellationToken));
        AdvisoryHolder? holder = null;
        var ours = false;
        try
        {
            ours = await TryAsync(taken._session!, cancellationToken);
            holder = ours ? null : await HolderAsync(taken._session!, cancellationToken);
        }
        finally
        {
            if (!ours)
                await taken.DisposeAsync();
        }
        return (ours ? taken : null, holder);
    }

    /// <summary>Who holds the lock now, or null: for a look, not for a decision.</summary>
    public static async Task<AdvisoryHolder?> HolderAsync(DatabaseDoor door, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(door);
        await using var session = await door.OpenAsync(cancellationToken);
        return await FindHolderAsync(session, cancellationToken);
    }

    /// <summary>Whether our session still has the lock; asks the server. False where the session is gone.</summary>
    public async Task<bool> IsHeldAsync(CancellationToken cancellationToken)
    {
        if (_session is null)
            return false;
        try
        {
            // By the session's own id: a pooler that hands out sessions per transaction would let another one answer.
            return await _session.ScalarAsync<bool>($"select exists (select 1 {_held} and l.pid = pg_catalog.pg_backend_pid())", cancellationToken);
        }
        catch (NpgsqlException)
        {
            await LetGoAsync();
            return false;
        }
    }

    /// <summary>Takes a lost lock again, with a new session.</summary>
    /// <returns>Null where it is ours again, else who took it meanwhile.</returns>
    /// <exception cref="NpgsqlException">The server is still away.</exception>
    public async Task<AdvisoryHolder?> RetakeAsync(CancellationToken cancellationToken)
    {
        await LetGoAsync();
        _session = await _door.OpenOwnAsync(_label, cancellationToken);
        if (await TryAsync(_session, cancellationToken))
            return null;
        var holder = await HolderAsync(_session, cancellationToken);
        await LetGoAsync();
        return holder;
    }

    /// <summary>Gives the lock and its session back for now; <see cref="RetakeAsync"/> takes it again.</summary>
    public Task ReleaseAsync() => LetGoAsync();

    public async ValueTask DisposeAsync() => await LetGoAsync();

    private static Task<bool> TryAsync(NpgsqlConnection session, CancellationToken cancellationToken) =>
        session.ScalarAsync<bool>("select pg_catalog.pg_try_advisory_lock($1)", cancellationToken, Key);

    private static async Task<AdvisoryHolder> HolderAsync(NpgsqlConnection session, CancellationToken cancellationToken) =>
        await FindHolderAsync(session, cancellationToken) ?? new AdvisoryHolder(0, "a session that ended this moment");

    private static async Task<AdvisoryHolder?> FindHolderAsync(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        // application_name is shown to every role; when the session began is not, so that our label tells it.
        var holders = await session.QueryAsync(
            $"select l.pid, (select a.application_name from pg_catalog.pg_stat_activity a where a.pid = l.pid) {_held}",
            reader => new AdvisoryHolder(reader.GetInt32(0), reader.IsDBNull(1) ? "" : reader.GetString(1)), cancellationToken);
        return holders.Count > 0 ? holders[0] : null;
    }

    private async Task LetGoAsync()
    {
        if (_session is { } session)
            await session.DisposeAsync();
        _session = null;
    }
}
