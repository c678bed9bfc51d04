using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Backups.Physical;

/// <summary>
/// Keeps the server from recycling log that is not received yet: a temporary replication slot of a session of ours. The server drops it
/// when the session ends, however we end, so that none is left behind to fill production's disk.
/// </summary>
public sealed class LogHold : IAsyncDisposable
{
    private readonly NpgsqlConnection _session;

    private LogHold(NpgsqlConnection session) => _session = session;

    /// <exception cref="PostgresException">The role may not, or no slot is free.</exception>
    public static async Task<LogHold> TakeAsync(DatabaseDoor database, string label, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        var session = await database.OpenOwnAsync(label, cancellationToken);
        try
        {
            await session.ExecuteAsync("select pg_create_physical_replication_slot('upkeep_' || pg_backend_pid(), true, true)", cancellationToken);
            return new LogHold(session);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();
}
