using System.Globalization;
using Npgsql;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Rollback.Swapping;

/// <summary>
/// Gives one database the name of another, in one transaction: whoever looks sees the old one or the new one, never neither and never half.
/// The server's own lock on the leaving database holds new connections off, those who are in it are ended, and it is renamed when they are
/// gone. Why so: docs/decisions/full-rollback.md.
/// </summary>
/// <param name="maintenance">A door to another database of the same server.</param>
public sealed class DatabaseSwap(DatabaseDoor maintenance, TimeProvider time)
{
    private const int Tries = 3;

    /// <param name="intend">Hears the transaction's id before anything is renamed; it must be durable when the call returns.</param>
    /// <returns>What it was like, or why nothing was renamed.</returns>
    public async Task<(Swapped? Done, Problem? Problem)> RunAsync(SwapOrder order, Action<string> intend, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(intend);
        for (var attempt = 1; ; attempt++)
        {
            var (done, problem, again) = await TryAsync(order, intend, cancellationToken);
            if (done is not null)
                return (done with { Tries = attempt }, null);
            if (!again || attempt == Tries)
                return (null, problem! with { What = string.Create(CultureInfo.InvariantCulture, $"{problem.What} ({Counted.Of(attempt, "try", "tries")})") });
        }
    }

    private async Task<(Swapped? Done, Problem? Problem, bool Again)> TryAsync(SwapOrder order, Action<string> intend, CancellationToken cancellationToken)
    {
        await using var renamer = await maintenance.OpenAsync(cancellationToken);
        await using var transaction = await renamer.BeginTransactionAsync(cancellationToken);
        await renamer.ExecuteAsync("set local statement_timeout = 0; set local lock_timeout = '5s'", cancellationToken);
        var xid = (await renamer.ScalarAsync<string>("select pg_catalog.pg_current_xact_id()::text", cancellationToken))!;
        intend(xid);
        if (await MovedAsync(renamer, order, cancellationToken) is { } moved)
            return (null, moved, false);
        try
        {
            var ender = new SessionEnder(maintenance, time);
            var (ended, since, problem) = await RenameAsync(renamer, order, ender, cancellationToken);
            if (problem is not null)
                return (null, problem, false);
            // From here on a cancellation could only leave us not knowing.
            await transaction.CommitAsync(CancellationToken.None);
            return (new Swapped(time.GetElapsedTime(since), ended, 1, xid), null, false);
        }
        catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.ObjectInUse or PostgresErrorCodes.LockNotAvailable)
        {
            return (null, new Problem($"{order.Name} could not be renamed: {busy.MessageText}{(busy.Detail is { } detail ? $" {detail}" : "")}",
                "See who is in it (select pid, usename, application_name, backend_type from pg_stat_activity where datname = the database), end them, and repeat the command."), true);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return (null, new Problem($"{order.Name} could not be renamed: {refused.MessageText}", "Renaming takes the database's owner with CREATEDB, or a superuser."), false);
        }
    }

    // The coming one first: an autovacuum worker in it costs a tenth of a second, and nobody waits for it yet.
    private async Task<(int Ended, long Since, Problem? Problem)> RenameAsync(NpgsqlConnection renamer, SwapOrder order, SessionEnder ender, CancellationToken cancellationToken)
    {
        var passing = string.Create(CultureInfo.InvariantCulture, $"upkeep_swap_{order.Coming}");
        await renamer.ExecuteAsync(Rename(order.ComingFrom, passing), cancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = time.GetTimestamp();
        var leaving = renamer.ExecuteAsync(Rename(order.Name, order.Aside), either.Token);
        var (ended, since, problem) = await ender.EndAsync(order.Leaving, renamer.ProcessID, leaving, cancellationToken);
        if (problem is not null)
        {
            await either.CancelAsync();
            await ((Task)leaving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return (ended, since ?? asked, problem);
        }
        await leaving;
        await renamer.ExecuteAsync(Rename(passing, order.Name), cancellationToken);
        return (ended, since ?? asked, null);
    }

    private static async Task<Problem?> MovedAsync(NpgsqlConnection renamer, SwapOrder order, CancellationToken cancellationToken)
    {
        var named = await renamer.QueryAsync("select datname::text, oid from pg_catalog.pg_database where datname in ($1, $2)",
            row => (Name: row.GetString(0), Oid: row.GetFieldValue<uint>(1)), cancellationToken, order.Name, order.ComingFrom);
        return named.Contains((order.Name, order.Leaving)) && named.Contains((order.ComingFrom, order.Coming)) ? null
            : new Problem($"Somebody else has renamed, dropped or made {order.Name} or {order.ComingFrom} meanwhile; nothing was renamed.", "Look at the databases (psql -l) and at who does that, then repeat the command.");
    }

    private static string Rename(string from, string to) => $"alter database {Sql.Identifier(from)} rename to {Sql.Identifier(to)}";
}
