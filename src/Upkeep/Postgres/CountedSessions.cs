using Npgsql;

namespace Upkeep.Postgres;

/// <summary>
/// Closes sessions that changed many rows so that the server's statistics hold them at once. A session tells its counts at most once a
/// second, and an idle one in the pool only after ten: whoever looks next would decide on figures from before the work.
/// </summary>
public static class CountedSessions
{
    private const int TellsWhenAsked = 15;

    // What a server takes to notice that its client is gone.
    private static readonly TimeSpan _exit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Rolls back what is open, has the counts told, and closes.</summary>
    public static async Task CloseCountedAsync(this DatabaseDoor database, NpgsqlConnection session, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(session);
        await using (session)
        {
            if (session.FullState.HasFlag(System.Data.ConnectionState.Broken) || !session.FullState.HasFlag(System.Data.ConnectionState.Open))
                return;
            try
            {
                if (session.PostgreSqlVersion.Major >= TellsWhenAsked)
                    await session.ExecuteAsync("rollback; select pg_catalog.pg_stat_force_next_flush()", CancellationToken.None);
                else
                    await EndAsync(database, session, time);
            }
            catch (NpgsqlException)
            {
                // A session that is broken tells its counts when its process ends.
            }
        }
    }

    // Before 15 a session tells the rest when it ends, and not before.
    private static async Task EndAsync(DatabaseDoor database, NpgsqlConnection session, TimeProvider time)
    {
        var process = session.ProcessID;
        NpgsqlConnection.ClearPool(session);
        await session.CloseAsync();
        var since = time.GetTimestamp();
        while (time.GetElapsedTime(since) < _exit && await database.ScalarAsync<bool>("select exists (select from pg_catalog.pg_stat_activity where pid = $1)", CancellationToken.None, process))
            await Task.Delay(_poll, time, CancellationToken.None);
    }
}
