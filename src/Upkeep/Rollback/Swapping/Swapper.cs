using Npgsql;
using Upkeep.Postgres;
using Upkeep.Rollback.Full;
using Upkeep.Running;

namespace Upkeep.Rollback.Swapping;

/// <summary>A swap with all that belongs to it: ids stay unique, and no session of ours stands in the way.</summary>
public sealed class Swapper(RollbackDoors doors, TimeProvider time)
{
    /// <summary>
    /// Does something while no session outside <see cref="RollbackDoors"/> is in the database, such as the one that holds the lock of this run.
    /// </summary>
    public Func<Func<Task>, CancellationToken, Task> Aside { get; init; } = static (work, _) => work();

    /// <param name="intend">Hears each try's transaction before anything is renamed; must be durable when it returns.</param>
    public async Task<(Swapped? Done, Problem? Problem)> SwapAsync(SwapOrder order, Action<string> intend, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        await Sequences.LiftAsync(doors.Live, doors.To(order.ComingFrom), withMargin: true, cancellationToken);
        (Swapped? Done, Problem? Problem) outcome = default;
        await Aside(async () =>
        {
            doors.LeaveAll();
            outcome = await new DatabaseSwap(doors.Maintenance, time).RunAsync(order, intend, cancellationToken);
        }, cancellationToken);
        doors.LeaveAll();
        return outcome.Done is { } done ? (done with { Afterwards = await LiftAgainAsync(order) }, null) : outcome;
    }

    // What was given out between that look and the swap, where it was more than the margin. The swap is committed: nothing that fails from here on
    // takes it back, and no cancellation either.
    private async Task<Problem?> LiftAgainAsync(SwapOrder order)
    {
        try
        {
            await Sequences.LiftAsync(doors.To(order.Aside), doors.Live, withMargin: false, CancellationToken.None);
            return null;
        }
        catch (Exception problem) when (problem is NpgsqlException or DatabaseUnreachableException)
        {
            return new Problem($"The sequences could not be set beyond what the replaced database gave out at last: {problem.Message}", $"They are well beyond what it had given out before the swap. Compare with {order.Aside} where ids were given out by the ten thousand.");
        }
    }

    /// <summary>Waits until no swap of an interrupted attempt is under way any more: before that, names may still change.</summary>
    public async Task SettleAsync(IEnumerable<string> xids, CancellationToken cancellationToken)
    {
        foreach (var xid in xids)
            await doors.Maintenance.FateAsync(xid, time, cancellationToken);
    }
}
