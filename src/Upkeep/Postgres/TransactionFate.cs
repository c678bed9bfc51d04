using Npgsql;

namespace Upkeep.Postgres;

/// <summary>What became of a transaction.</summary>
public enum TransactionFate
{
    Committed,
    Aborted,

    /// <summary>So long ago that the server has forgotten it.</summary>
    Forgotten,
}

/// <summary>Finds out what became of a transaction of ours whose end we did not see.</summary>
public static class TransactionFates
{
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(50);

    // A session whose client is gone notices at its next write; one that waits for a lock doesn't, and is ended.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);

    /// <param name="xid">As <c>pg_current_xact_id()</c> gave it, 64 bits wide.</param>
    /// <remarks>A session that still runs it is our own orphan, by that very id, and is ended after a grace.</remarks>
    /// <exception cref="TimeoutException">It is still running after a minute.</exception>
    public static async Task<TransactionFate> FateAsync(this DatabaseDoor database, string xid, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                switch (await database.ScalarAsync<string>($"select pg_xact_status({Sql.Literal(xid)}::xid8)", cancellationToken))
                {
                    case "committed": return TransactionFate.Committed;
                    case "aborted": return TransactionFate.Aborted;
                    case null: return TransactionFate.Forgotten;
                }
            }
            catch (PostgresException problem) when (problem.SqlState == PostgresErrorCodes.InvalidParameterValue)
            {
                // An id of the future: the server has lost it, with everything after its last flush.
                return TransactionFate.Aborted;
            }
            if (time.GetElapsedTime(since) > _grace)
            {
                await database.ScalarAsync<bool>(
                    $"select bool_or(pg_terminate_backend(pid)) from pg_stat_activity where application_name = {Sql.Literal(DatabaseDoor.ApplicationName)} and backend_xid = {Sql.Literal(xid)}::xid8::xid",
                    cancellationToken);
            }
            if (time.GetElapsedTime(since) > _longest)
                throw new TimeoutException($"Transaction {xid} of an interrupted run is still running after {_longest}.");
            await Task.Delay(_poll, time, cancellationToken);
        }
    }
}
