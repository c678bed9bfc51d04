using System.Globalization;
using NodaTime;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Rollback.Rows;
using Upkeep.Rollback.Services;
using Upkeep.Rollback.Swapping;
using Upkeep.Running;

namespace Upkeep.Rollback.Full;

/// <summary>
/// Makes the replaced database live again, from whatever an attempt had come to: before the swap there is only the restored one to take away.
/// What was live until now is kept too.
/// </summary>
internal sealed class GoingBack(RollbackDoors doors, UpkeepConfiguration configuration, ServiceSet services, TimeProvider time)
{
    public required Swapper Swapper { get; init; }

    public async Task<Proof> RunAsync(FullRollbackEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        var past = RollbackPast.Of(context.Checkpoints<RollbackCheckpoint>());
        await Swapper.SettleAsync([.. new[] { effect.Xid }.OfType<string>(), .. past.Xids], cancellationToken);
        var names = await DatabaseNames.ReadAsync(doors.Maintenance, cancellationToken);
        var live = names.Of(effect.Database);
        if (live == effect.ReplacedOid)
            return await IsBackAsync(effect, past, names, context, cancellationToken);
        if (live is null || live != effect.RestoredOid || names.NameOf(effect.ReplacedOid) is not { } replaced)
        {
            return Proof.Missing($"{effect.Database} is not the restored database, or the replaced one ({effect.Replaced}) is gone; nothing was changed.",
                "Somebody renamed or dropped databases since. Look: psql -l");
        }
        return await SwapBackAsync(effect, replaced, names, context, cancellationToken);
    }

    private async Task<Proof> SwapBackAsync(FullRollbackEffect effect, string replaced, DatabaseNames names, StepContext context, CancellationToken cancellationToken)
    {
        var today = Instant.FromDateTimeOffset(time.GetUtcNow()).InZone(DateTimeZoneProviders.Tzdb[configuration.Window.TimeZone]).Date.ToDateOnly();
        var aside = names.Free(effect.Database, "restored", today);
        // What was stopped by hand on that day may have been started since.
        var (now, unknown) = await services.RunningAsync(cancellationToken);
        if (unknown is not null)
            return Proof.Missing($"{unknown.What} Nothing was swapped.", unknown.Hint);
        IReadOnlyList<string> atWork = [.. effect.Running.Union(now)];
        context.Checkpoint(new RollbackCheckpoint(RollbackPhase.Stopping, Name: aside));
        var phases = new Phases(context, time);
        Swapped? done;
        Problem? problem;
        IReadOnlyList<Problem> unstarted = [];
        try
        {
            if (await phases.RunAsync("stop services", "services stopped", () => services.StopAsync(atWork, cancellationToken)) is { } running)
                return Proof.Missing($"{running.What} Nothing was swapped.", running.Hint);
            var order = new SwapOrder(effect.Database, effect.RestoredOid!.Value, aside, effect.ReplacedOid, replaced);
            (done, problem) = await phases.RunAsync("swap", "swapped back", () => Swapper.SwapAsync(order,
                xid => context.Checkpoint(new RollbackCheckpoint(RollbackPhase.Swapping, Xid: xid)), cancellationToken));
        }
        finally
        {
            unstarted = await services.StartAsync(atWork, CancellationToken.None);
        }
        if (done is null)
            return Proof.Missing(problem!.What, problem.Hint);
        context.Checkpoint(new RollbackCheckpoint(RollbackPhase.Swapped, Seconds: done.Downtime.TotalSeconds));
        context.After("swap_back_downtime", done.Downtime.TotalMilliseconds, "ms");
        if (unstarted is [var first, ..])
            return Proof.Missing($"{effect.Database} is the replaced database again, and {first.What}", first.Hint);
        await new RowsLeftBehind(doors, configuration).TellAsync(effect, aside, context, cancellationToken);
        return Proof.That(string.Create(CultureInfo.InvariantCulture,
            $"{effect.Database} is the replaced database again, nobody could work for {done.Downtime.TotalMilliseconds:0} ms; the restored one is kept as {aside} ({phases.Summary})"));
    }

    // Not swapped yet, or swapped back before the journal heard of it.
    private async Task<Proof> IsBackAsync(FullRollbackEffect effect, RollbackPast past, DatabaseNames names, StepContext context, CancellationToken cancellationToken)
    {
        if (past.Name is null && names.Of(effect.Beside) is { } beside && beside != effect.ReplacedOid)
            await new BesideDatabase(doors.Live, doors.Maintenance, effect.Beside).DropAsync(cancellationToken);
        if (await services.StartAsync(effect.Running, cancellationToken) is [var first, ..])
            return Proof.Missing(first.What, first.Hint);
        if (past.Name is { } left && names.Of(left) is not null)
            await new RowsLeftBehind(doors, configuration).TellAsync(effect, left, context, cancellationToken);
        return Proof.That(past.Name is { } kept && names.Of(kept) is not null
            ? $"{effect.Database} is the replaced database again; the restored one is kept as {kept}"
            : $"{effect.Database} is the database that it was; what {context.Run} had restored beside it was taken away");
    }
}
