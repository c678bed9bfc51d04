using Upkeep.Backups;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Reports;
using Upkeep.Rollback.Full;
using Upkeep.Rollback.Rehearsal;
using Upkeep.Rollback.Rows;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>What is asked of a full rollback.</summary>
/// <param name="Run">The run whose backup is gone back to; null means the last one that has a backup.</param>
public sealed record FullRollbackRequest(string? Run, CarryOver CarryOver);

/// <summary>
/// Puts the whole database back as it was before a run, and goes back from that. Both are facts of the run, so that a killed one is gone on with
/// by the same command.
/// </summary>
public sealed class FullRollback(Platform platform, Action<RunEvent> tell)
{
    /// <summary>How ids of steps begin that are carried out on a run and are no part of it.</summary>
    internal const string Procedure = "rollback.";

    private static readonly TimeSpan _grace = TimeSpan.FromMinutes(1);

    /// <summary>Whether the database is the restored one by these facts.</summary>
    internal static bool IsInForce(IReadOnlyList<JournalEntry> entries) =>
        HistoryIn(entries) is { ActIsComplete: true, WasUndone: false };

    /// <summary>Whether one was begun by these facts and not gone back from: the database is the restored one, or may become it.</summary>
    internal static bool IsBegun(IReadOnlyList<JournalEntry> entries) =>
        HistoryIn(entries) is { ActWasIntended: true, WasUndone: false };

    private static StepHistory HistoryIn(IReadOnlyList<JournalEntry> entries) => StepHistory.Of([.. entries.Where(entry => entry.Step == FullRollbackStep.Id)]);

    /// <summary>Restores, proves, swaps; lists what was written since, and carries it over where asked.</summary>
    public Task<RollbackOutcome> RunAsync(FullRollbackRequest request, StopSignal stop, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var store = new BackupStore(platform.Configuration.Backup.Folder);
        // Never silently past a run that changed something to the backup of the week before.
        return OnAsync(request.Run, (run, entries) => StepRollback.ActsOf(entries).Count > 0 || store.Exists(BackupName.Of(run)), "has changed anything or has a backup", stop, async work =>
        {
            await using var rows = new RowsStep(platform.Doors.Database, platform.Configuration, request.CarryOver, platform.Doors.Time);
            var full = Full(work.Locks, rows.SeePristineAsync);
            RunFolder.Create(work.Folder);
            if (await UnfinishedBackAsync(work, full, cancellationToken) is { } unfinished)
                return unfinished;
            var end = await StepAsync(work, full, stop, cancellationToken);
            var cleanUp = end is null || IsGood(end) ? null : await TakenBackUnlessSwappedAsync(work, full);
            if (end is not null)
                ForgetRows(work);
            var isLive = end is null || IsGood(end);
            if (isLive)
                await StepAsync(work, rows, stop, cancellationToken, history => IsToBeRepeated(history, request.CarryOver));
            return Outcome(work, cleanUp, withRows: isLive);
        }, cancellationToken);
    }

    /// <summary>Makes the replaced database live again.</summary>
    /// <param name="run">Null means the last one that was rolled back as a whole, or was being.</param>
    public Task<RollbackOutcome> BackAsync(string? run, StopSignal stop, CancellationToken cancellationToken) =>
        OnAsync(run, (_, entries) => entries.Any(entry => entry is { Step: FullRollbackStep.Id, Fact: ActIntended }), "was rolled back as a whole", stop, async work =>
        {
            var full = Full(work.Locks, static _ => Task.CompletedTask);
            if (await NoWayBackAsync(work, full, cancellationToken) is { } none)
                return new RollbackOutcome.Refused(none.What, none.Hint!);
            var proof = await UndoerOf(work).UndoAsync(work.Run, full, work.Folder, stop, cancellationToken);
            if (proof.Holds)
                ForgetRows(work);
            return RollbackOutcome.Undone.Of(work, [StepUndone.Of(work, FullRollbackStep.Id, proof)]);
        }, cancellationToken);

    /// <summary>Rehearses on a scratch server. Nothing of the platform is touched or locked, and the journal isn't written to.</summary>
    /// <param name="run">The run whose backup is rehearsed with; null means the newest backup.</param>
    public async Task<RollbackOutcome> RehearseAsync(string? run, StopSignal stop, CancellationToken cancellationToken)
    {
        const string name = "rehearsal";
        if (run is not null && await new BackupStore(platform.Configuration.Backup.Folder).ReadManifestAsync(BackupName.Of(run), cancellationToken) is null)
            return new RollbackOutcome.NotFound($"There is no backup of {run} in {platform.Configuration.Backup.Folder}.", "Leave the run out to rehearse with the newest backup; upkeep backup list shows them all.");
        var step = new RehearsalStep(platform.Doors.Database, platform.Doors.Programs, platform.Doors.Shelf, platform.Configuration, platform.Doors.Time);
        var folder = Directory.CreateTempSubdirectory("upkeep-rehearsal-").FullName;
        try
        {
            using var journal = JournalFile.Open(":memory:", platform.Doors.Redactor, platform.Doors.Time);
            var attempt = new StepAttempt(new RunJournal(journal, run ?? name), platform.Doors.Time, tell, new RunFrame(folder, Deadlines.None, DryRun: false, _grace), stop)
            {
                Explain = problem => DoorProblems.Explain(problem, platform.Doors.Database),
                GoOn = "Repeat it: upkeep rollback --rehearse",
            };
            tell(new RunEvent.StepBegan(step.Definition, 1, 1));
            await attempt.RunAsync(new PlannedStep(step.Definition, PlanDecision.Run, null, null, step.Definition.Deadline), step, StepHistory.Of([]), cancellationToken);
            var steps = RunDocument.From(journal.Read(run ?? name)).Steps;
            return new RollbackOutcome.Full(run ?? name, steps[0].Status == StepStatus.Succeeded ? RunStatus.Succeeded : RunStatus.Failed, steps, null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task<RollbackOutcome> OnAsync(string? run, Func<string, IReadOnlyList<JournalEntry>, bool> fits, string that, StopSignal stop,
        Func<ChosenRun, Task<RollbackOutcome>> act, CancellationToken cancellationToken) =>
        ChosenRun.OnAsync(platform, tell, stop, run, (fits, that), async chosen =>
        {
            if (chosen.Locks.TakenOver is { } takenOver)
                chosen.Journal.Append(chosen.Run, null, takenOver);
            var outcome = await act(chosen);
            await StepRollback.TellAsync(chosen);
            return outcome;
        }, cancellationToken);

    // What is done already isn't done again.
    private async Task<StepEnded?> StepAsync(ChosenRun work, Step step, StopSignal stop, CancellationToken cancellationToken, Func<StepHistory, bool>? again = null)
    {
        var record = new RunJournal(work.Journal, work.Run);
        var history = StepHistory.Of(record.Of(step.Definition.Id));
        var isDone = history is { ActIsComplete: true, Finished: not null, WasUndone: false };
        if (isDone && again?.Invoke(history) != true)
        {
            tell(new RunEvent.Noticed($"{step.Definition.Id} was done already: {history.Finished!.Summary}"));
            return null;
        }
        // What was gone back from is no past, nor what is to be done once more: it is looked at anew.
        if (history.WasUndone || isDone)
            history = StepHistory.Of([]);
        tell(new RunEvent.StepBegan(step.Definition, 1, 1));
        var attempt = new StepAttempt(record, platform.Doors.Time, tell, new RunFrame(work.Folder, Deadlines.None, DryRun: false, _grace), stop)
        {
            Explain = Explaining(work.Run),
            GoOn = $"Go on with: upkeep rollback {work.Run} --full",
        };
        return await attempt.RunAsync(new PlannedStep(step.Definition, PlanDecision.Run, null, null, step.Definition.Deadline), step, history, cancellationToken);
    }

    // Taking a failed attempt back can fail itself (the server was still away): that comes first. From going back there is no way but back.
    private async Task<RollbackOutcome?> UnfinishedBackAsync(ChosenRun work, FullRollbackStep step, CancellationToken cancellationToken)
    {
        if (HistoryOf(work, step.Definition.Id) is not { UndoIsUnfinished: true } history)
            return null;
        if (history.Acted is not null && await NoWayBackAsync(work, step, cancellationToken) is not null)
            return null;
        if (history.Acted is not null)
            return new RollbackOutcome.Refused($"Going back from the full rollback of {work.Run} was begun and not finished.", $"Finish it first: upkeep rollback {work.Run} --back");
        return await TakenBackAsync(work, step) is { Holds: false } still ? Outcome(work, still, withRows: false) : null;
    }

    // Asked before it is begun, for once begun it would have to be finished. One that was begun in vain all the same is given up: the rollback stands.
    private static async Task<Problem?> NoWayBackAsync(ChosenRun work, FullRollbackStep step, CancellationToken cancellationToken)
    {
        if (HistoryOf(work, step.Definition.Id) is not { ActIsComplete: true, WasUndone: false } history)
            return null;
        try
        {
            if (await step.NoWayBackAsync(new RunJournal(work.Journal, work.Run).Of(step.Definition.Id), cancellationToken) is not { } none)
                return null;
            if (history.UndoIsUnfinished)
                work.Journal.Append(work.Run, step.Definition.Id, new UndoEnded(false, none.What, none.Hint) { GivenUp = true });
            return none;
        }
        catch (Npgsql.NpgsqlException)
        {
            // Nobody can tell; whoever tries it says why.
            return null;
        }
    }

    // Rows that this command didn't look for are those of an earlier one.
    private static RollbackOutcome.Full Outcome(ChosenRun work, Proof? cleanUp, bool withRows)
    {
        var document = RunDocument.From(work.Journal.Read(work.Run));
        return new RollbackOutcome.Full(work.Run, document.Status, [.. document.Steps.Where(step => step.Id == FullRollbackStep.Id || (withRows && step.Id == RowsStep.Id))], cleanUp);
    }

    // An attempt that did not get to the swap leaves nothing behind, so that the next one looks anew. On a token of its own: that outlives a cancellation.
    private async Task<Proof?> TakenBackUnlessSwappedAsync(ChosenRun work, FullRollbackStep step)
    {
        try
        {
            // One that did get there stands: the same command goes on with it, and going back is asked for.
            if (await step.IsSwappedInAsync(new RunJournal(work.Journal, work.Run).Of(step.Definition.Id), CancellationToken.None))
                return null;
        }
        catch (DatabaseUnreachableException)
        {
            // Nobody can tell; the same command asks again.
            return null;
        }
        return await TakenBackAsync(work, step);
    }

    private async Task<Proof?> TakenBackAsync(ChosenRun work, Step step)
    {
        if (HistoryOf(work, step.Definition.Id) is not { ActWasIntended: true, Acted: null, WasUndone: false })
            return null;
        using var never = new StopSignal();
        return await UndoerOf(work).UndoAsync(work.Run, step, work.Folder, never, CancellationToken.None);
    }

    // More is asked for than was then, or rows were left in conflict: they may have been let go since.
    private static bool IsToBeRepeated(StepHistory history, CarryOver asked) =>
        asked != CarryOver.No && (history.Survey is { } survey && JournalJson.FromElement<RowsSurvey>(survey)!.Mode < asked
            || history.Acted is { Effect: var effect } && JournalJson.FromElement<RowsEffect>(effect)!.Conflicts.Count > 0);

    // Rows that were carried over into a restored database are gone with it, and what was listed is live: after another swap they are looked for anew.
    private static void ForgetRows(ChosenRun work)
    {
        if (HistoryOf(work, RowsStep.Id) is not { Survey: not null, WasUndone: false })
            return;
        work.Journal.Append(work.Run, RowsStep.Id, new UndoIntended());
        work.Journal.Append(work.Run, RowsStep.Id, new UndoEnded(true, "it went with the restored database", null));
    }

    private static StepHistory HistoryOf(ChosenRun work, string step) => StepHistory.Of(new RunJournal(work.Journal, work.Run).Of(step));

    private static bool IsGood(StepEnded end) => end.Status is StepStatus.Succeeded or StepStatus.Attention;

    private Undoer UndoerOf(ChosenRun work) => new(work.Journal, tell, Explaining(work.Run));

    // The doors' own hints speak of the weekly run.
    private Func<Exception, Problem?> Explaining(string run) => problem => DoorProblems.Explain(problem, platform.Doors.Database) is { } known
        ? known with { Hint = known.Hint?.Replace("upkeep run --resume", $"upkeep rollback {run} --full", StringComparison.Ordinal) } : null;

    private FullRollbackStep Full(RunLocks locks, Func<CancellationToken, Task> onSwapped) =>
        new(platform.Doors.Database, platform.Doors.Programs, platform.Doors.Http, platform.Configuration, platform.Doors.Time) { Aside = locks.AsideAsync, OnSwapped = onSwapped };
}
