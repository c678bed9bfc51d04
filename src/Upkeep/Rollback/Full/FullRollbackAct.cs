using System.Globalization;
using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Processes;
using Upkeep.Rollback.Services;
using Upkeep.Rollback.Swapping;
using Upkeep.Running;

namespace Upkeep.Rollback.Full;

/// <summary>
/// Restores beside, proves, stops services, swaps, starts services. An interrupted one goes on from where the server says it is: which
/// database bears which name is asked, never remembered.
/// </summary>
internal sealed class FullRollbackAct(RollbackDoors doors, ProgramDoor programs, UpkeepConfiguration configuration, ServiceSet services, TimeProvider time)
{
    public required Swapper Swapper { get; init; }

    public required Func<CancellationToken, Task> OnSwapped { get; init; }

    public static FullRollbackEffect Effect(FullRollbackSurvey survey, RollbackPast past) => new(survey.Backup, survey.Database, survey.LiveOid, survey.Aside, past.MadeOid,
        survey.Beside, past.Xids.Count > 0 ? past.Xids[^1] : null, past.Downtime, survey.Running);

    public async Task<Act<FullRollbackEffect>> RunAsync(FullRollbackSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        var past = RollbackPast.Of(context.Checkpoints<RollbackCheckpoint>());
        var phases = new Phases(context, time);
        await Swapper.SettleAsync(past.Xids, cancellationToken);
        var names = await DatabaseNames.ReadAsync(doors.Maintenance, cancellationToken);
        var live = names.Of(survey.Database);
        if (live == past.MadeOid && live is not null)
            return await FinishAsync(survey, Effect(survey, past), phases, context);
        if (live != survey.LiveOid)
        {
            return Act.Failed<FullRollbackEffect>(null, $"{survey.Database} is neither the database that was to be replaced nor the restored one; nothing was changed.",
                "Somebody renamed or dropped databases meanwhile. Look (psql -l) and give the database that is to be live its name again.");
        }
        var (restored, problem) = past.ProvenOid is { } proven && names.Of(survey.Beside) == proven ? (proven, null) : await RestoreAsync(survey, phases, context, cancellationToken);
        if (problem is not null)
            return Act.Failed<FullRollbackEffect>(null, problem.What, problem.Hint);
        return await SwapInAsync(survey, past with { MadeOid = restored }, phases, context, cancellationToken);
    }

    private async Task<(uint? Restored, Problem? Problem)> RestoreAsync(FullRollbackSurvey survey, Phases phases, StepContext context, CancellationToken cancellationToken)
    {
        var manifest = await new BackupStore(configuration.Backup.Folder).ReadManifestAsync(survey.Backup, cancellationToken);
        if (manifest is null)
            return (null, new Problem($"The backup {survey.Backup} is gone.", "See what there is: upkeep backup list"));
        var database = new BesideDatabase(doors.Live, doors.Maintenance, survey.Beside);
        var restore = new BesideRestore(doors.To(survey.Beside), programs, configuration, time);
        // A stop ends it: what is there so far is worth nothing.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.Stop.Token);
        void Moved(long done, long total) => context.Progress(done, total, "tables", survey.Beside);
        try
        {
            await database.DropAsync(either.Token);
            if (await database.MakeAsync(manifest.Traits, either.Token) is { } unmade)
                return (null, unmade);
            var oid = (await DatabaseNames.ReadAsync(doors.Maintenance, either.Token)).Of(survey.Beside)!.Value;
            context.Checkpoint(new RollbackCheckpoint(RollbackPhase.Made, Oid: oid));
            if (await phases.RunAsync("restore beside", "restored", () => restore.FillAsync(manifest, Moved, either.Token)) is { } unfilled)
                return (null, unfilled);
            var proof = await phases.RunAsync("prove the restored", "proven", () => restore.ProveAsync(manifest, Moved, either.Token));
            if (!proof.Holds)
                return (null, new Problem(proof.Summary, proof.Hint));
            foreach (var left in await phases.RunAsync("statistics", "analyzed", () => restore.AnalyzeAsync(either.Token)))
                context.Raise(Severity.Warning, "not-analyzed", $"{left} has no fresh statistics: another session of the restored database held it all the time.", left.ToString(), $"When it is free: ANALYZE {left.Quoted}");
            foreach (var refused in await database.DressAsync(either.Token))
                context.Raise(Severity.Warning, "not-dressed-alike", $"A setting of the database could not be given to the restored one: {refused}", null, "Give it by hand.");
            context.Checkpoint(new RollbackCheckpoint(RollbackPhase.Proven, Oid: oid));
            return (oid, null);
        }
        catch (OperationCanceledException) when (context.Stop.IsRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, new Problem($"stopped before the swap: {context.Stop.Reason}; nothing was changed", $"Begin anew with: upkeep rollback {context.Run} --full"));
        }
    }

    private async Task<Act<FullRollbackEffect>> SwapInAsync(FullRollbackSurvey survey, RollbackPast past, Phases phases, StepContext context, CancellationToken cancellationToken)
    {
        if (context.Stop.IsRequested)
            return Act.Failed<FullRollbackEffect>(null, $"stopped before the swap: {context.Stop.Reason}; nothing was changed", $"Begin anew with: upkeep rollback {context.Run} --full");
        context.Checkpoint(new RollbackCheckpoint(RollbackPhase.Stopping));
        var isFinished = false;
        try
        {
            if (await phases.RunAsync("stop services", "services stopped", () => services.StopAsync(survey.Running, cancellationToken)) is { } running)
                return Act.Failed<FullRollbackEffect>(null, $"{running.What} Nothing was swapped.", running.Hint);
            var order = new SwapOrder(survey.Database, survey.LiveOid, survey.Aside, past.MadeOid!.Value, survey.Beside);
            var (done, problem) = await phases.RunAsync("swap", "swapped", () => Swapper.SwapAsync(order,
                xid => context.Checkpoint(new RollbackCheckpoint(RollbackPhase.Swapping, Xid: xid)), cancellationToken));
            if (done is null)
                return Act.Failed<FullRollbackEffect>(null, problem!.What, problem.Hint);
            context.Checkpoint(new RollbackCheckpoint(RollbackPhase.Swapped, Seconds: done.Downtime.TotalSeconds));
            context.After("swap_downtime", done.Downtime.TotalMilliseconds, "ms");
            context.After("sessions_ended", done.Ended, "sessions");
            if (done.Afterwards is { } left)
                context.Raise(Severity.Warning, "sequences-not-lifted", left.What, null, left.Hint);
            await SeeAsync(context);
            var act = await FinishAsync(survey, Effect(survey, past) with { Xid = done.Xid, DowntimeSeconds = done.Downtime.TotalSeconds }, phases, context);
            isFinished = true;
            return act;
        }
        finally
        {
            // Whatever went wrong, the platform runs again; on a token of its own, because this outlives a cancellation.
            if (!isFinished)
                await services.StartAsync(survey.Running, CancellationToken.None);
        }
    }

    // The swap stands, whatever comes of looking at it.
    private async Task SeeAsync(StepContext context)
    {
        try
        {
            await OnSwapped(CancellationToken.None);
        }
        catch (Exception problem) when (problem is Npgsql.NpgsqlException or Postgres.DatabaseUnreachableException)
        {
            context.Raise(Severity.Info, "not-seen-pristine", $"The restored database could not be looked at before anybody worked in it ({problem.Message}): what users write from now on is told by their transactions.", null);
        }
    }

    private async Task<Act<FullRollbackEffect>> FinishAsync(FullRollbackSurvey survey, FullRollbackEffect effect, Phases phases, StepContext context)
    {
        var unstarted = await phases.RunAsync("start services", "services started", () => services.StartAsync(survey.Running, CancellationToken.None));
        foreach (var problem in unstarted)
            context.Raise(Severity.Critical, "service-not-started", problem.What, null, problem.Hint);
        var downtime = effect.DowntimeSeconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $", nobody could work for {seconds * 1000:0} ms") : "";
        return Act.Done(effect, $"{survey.Database} is as {survey.Backup} has it{downtime}; the replaced database is kept as {survey.Aside} ({phases.Summary})", UndoState.Available,
            $"Go back to the replaced database: upkeep rollback {context.Run} --back. When nobody needs what is only in it any more: DROP DATABASE {Postgres.Sql.Identifier(survey.Aside)}");
    }
}
