using Npgsql;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Rollback.Swapping;

/// <summary>Ends the sessions of one database while it is being renamed; nobody in another database is touched.</summary>
internal sealed class SessionEnder(DatabaseDoor maintenance, TimeProvider time)
{
    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(5);

    // Autovacuum workers have no role, and the renaming ends them itself.
    private const string End =
        """
        select coalesce(count(*) filter (where pg_catalog.pg_terminate_backend(pid)), 0)::int
        from pg_catalog.pg_stat_activity where datid = $1::oid and usesysid is not null
        """;

    private const string HasTheDatabase =
        """
        select exists (select from pg_catalog.pg_locks where pid = $1 and granted and mode = 'AccessExclusiveLock'
          and locktype = 'object' and classid = 'pg_catalog.pg_database'::regclass and objid = $2::oid)
        """;

    /// <summary>Ends sessions again and again until <paramref name="renaming"/> is over.</summary>
    /// <param name="renamer">The server's process that renames: nobody is ended before it holds new connections off.</param>
    /// <returns>How many were ended in the first round, when the first was, and what kept us from it.</returns>
    public async Task<(int Ended, long? Since, Problem? Problem)> EndAsync(uint database, int renamer, Task renaming, CancellationToken cancellationToken)
    {
        await using var session = await maintenance.OpenAsync(cancellationToken);
        while (!renaming.IsCompleted && !await session.ScalarAsync<bool>(HasTheDatabase, cancellationToken, renamer, (long)database))
            await Task.Delay(_between, time, cancellationToken);
        long? since = null;
        var ended = 0;
        while (!renaming.IsCompleted)
        {
            since ??= time.GetTimestamp();
            try
            {
                var found = await session.ScalarAsync<int>(End, cancellationToken, (long)database);
                ended = Math.Max(ended, found);
            }
            catch (PostgresException denied) when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                return (ended, since, new Problem($"A session in the database may not be ended by our role: {denied.MessageText}",
                    "Log in as a superuser for the rollback, or GRANT pg_signal_backend to the role and end superusers' sessions by hand."));
            }
            await Task.WhenAny(renaming, Task.Delay(_between, time, cancellationToken));
        }
        return (ended, since, null);
    }
}
