using Upkeep.Checking;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Reporting;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>A run from asking for it to its reports: window, locks, record, steps, closing.</summary>
/// <param name="tell">Hears what happens while it happens; must not throw.</param>
public sealed class MaintenanceRun(Platform platform, Action<RunEvent> tell)
{
    // What a step gets to reach a safe point after its deadline, before it is cancelled.
    private static readonly TimeSpan _deadlineGrace = TimeSpan.FromMinutes(1);

    /// <summary>Runs, or says why not.</summary>
    /// <param name="stop">Asks for a stop at the next safe point.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="Postgres.DatabaseUnreachableException">There is no session to be had; nothing was touched.</exception>
    /// <exception cref="JournalException">The journal can't be read or written.</exception>
    public async Task<RunOutcome> RunAsync(RunRequest request, StopSignal stop, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Resume)
        {
            var (left, reason) = Unfinished.Last(platform);
            if (left is null)
                return new RunOutcome.NothingToResume(reason);
            // A run that was begun outside its window is gone on with outside of it: every hint says so.
            request = request with { IgnoreWindow = request.IgnoreWindow || left.Started.Window is null };
        }
        var now = platform.Doors.Time.GetUtcNow();
        var calendar = WindowCalendar.Create(platform.Configuration.Window);
        var window = calendar.Containing(now);
        if (request.DryRun)
            return await DryRunAsync(request, window ?? calendar.Next(now, 1)[0], stop, cancellationToken);
        if (window is null && !request.IgnoreWindow)
            return Closed(calendar.Next(now, 1)[0]);

        if (await ServerRequirements.BlockingAsync(platform.Doors.Database, cancellationToken) is { } blocking)
            return new RunOutcome.Refused(blocking.What, blocking.Hint ?? "See: upkeep check");
        var (locks, held) = await RunLocks.TakeAsync(platform, "upkeep run", cancellationToken);
        if (locks is null)
            return held!;
        await using (locks)
        {
            locks.Watch(platform.Doors.Time, stop, tell);
            using var journal = platform.OpenJournal();
            var (record, refusal) = request.Resume ? GoOn(journal, request, window) : Begin(journal, request, window);
            if (record is null)
                return refusal!;
            if (locks.TakenOver is { } takenOver)
                journal.Append(record.Run, null, takenOver);
            RunFolder.Create(record.Folder);
            var status = await RunStepsAsync(journal, record, request, window, stop, cancellationToken);
            return await CloseAsync(journal, record, status);
        }
    }

    private static RunOutcome.Refused Closed(MaintenanceWindow next) => new(
        $"the maintenance window is closed; the next opens {next.Start:yyyy-MM-dd HH:mm zzz} {next.TimeZone} ({next.Start.UtcDateTime:yyyy-MM-dd HH:mm}Z), its preparation at {next.PreparationOpens:HH:mm}",
        "Run it then (upkeep schedule next shows the coming windows), or at once with: upkeep run --ignore-window");

    private async Task<RunOutcome> DryRunAsync(RunRequest request, MaintenanceWindow window, StopSignal stop, CancellationToken cancellationToken)
    {
        using var journal = JournalFile.Open(":memory:", platform.Doors.Redactor, platform.Doors.Time);
        // Predictions come from the real journal; nothing is written to it, and none is made.
        using var past = File.Exists(platform.JournalPath) ? platform.OpenJournal() : null;
        var limits = request.IgnoreWindow ? null : window;
        var record = RunRecord.Begin(platform, journal, request, PlanFor(request.Selection, limits, past), window);
        var status = await RunStepsAsync(journal, record, request, limits, stop, cancellationToken);
        return new RunOutcome.Ran(status, journal.Read(record.Run), Report: null);
    }

    private (RunRecord? Record, RunOutcome? Refusal) Begin(JournalFile journal, RunRequest request, MaintenanceWindow? window)
    {
        if (Unfinished.Last(journal).Run is { } left)
            tell(new RunEvent.Noticed($"{left.Run} is unfinished ({left.InterruptedBy}); this is a new run, and --resume won't go on with that one any more. What it changed can be taken back with: upkeep rollback {left.Run}"));
        var plan = PlanFor(request.Selection, request.IgnoreWindow ? null : window, journal);
        return (RunRecord.Begin(platform, journal, request, plan, window), null);
    }

    private (RunRecord? Record, RunOutcome? Refusal) GoOn(JournalFile journal, RunRequest request, MaintenanceWindow? window)
    {
        var (left, reason) = Unfinished.Last(journal);
        if (left is null)
            return (null, new RunOutcome.NothingToResume(reason));
        if (left.Started.ConfigurationSha256 != platform.ConfigurationSha256)
            tell(new RunEvent.Noticed($"The configuration has changed since {left.Run} began; what is left is done with the new one, what was intended with the old."));
        journal.Append(left.Run, null, new RunResumed(Environment.ProcessId, Environment.MachineName, left.InterruptedBy));
        var plan = RunRecord.Resumed(left.Started, PlanForTheRest(left.Run, request.IgnoreWindow ? null : window, journal));
        return (new RunRecord(left.Run, left.Started.Folder, plan), null);
    }

    private Plan PlanFor(StepSelection selection, MaintenanceWindow? limits, JournalFile? past) =>
        Planner.Plan(RunPlan.Request(platform, selection, past is null ? RunHistory.Of([]) : RunHistory.Read(past, RunHistory.RunsForPredictions, RunLock.HolderOf(platform.Configuration.Root)), limits));

    // What is done takes no more time, and the run itself is not its own history.
    private Plan PlanForTheRest(string run, MaintenanceWindow? limits, JournalFile journal)
    {
        var history = RunHistory.Read(journal, RunHistory.RunsForPredictions + 1, RunLock.HolderOf(platform.Configuration.Root)).Runs;
        var done = history.Where(one => one.Run == run).SelectMany(one => one.Steps)
            .Where(step => step.Status is StepStatus.Succeeded or StepStatus.Attention or StepStatus.Skipped);
        return Planner.Plan(RunPlan.Request(platform, StepSelection.All, RunHistory.Of(history.Where(one => one.Run != run)), limits) with
        {
            Idle = done.ToDictionary(step => step.Id, _ => TimeSpan.Zero, StringComparer.Ordinal),
        });
    }

    private Task<RunStatus> RunStepsAsync(JournalFile journal, RunRecord record, RunRequest request, MaintenanceWindow? window, StopSignal stop,
        CancellationToken cancellationToken)
    {
        var deadlines = request.IgnoreWindow || window is null ? Deadlines.None : new Deadlines(window.Start, request.DryRun ? null : window.End);
        var runner = new Runner(journal, platform.Doors.Time, tell, problem => DoorProblems.Explain(problem, platform.Doors.Database));
        return runner.RunAsync(record.Run, record.Plan, platform.Steps.ToDictionary(step => step.Definition.Id, StringComparer.Ordinal),
            new RunFrame(record.Folder, deadlines, request.DryRun, _deadlineGrace), stop, cancellationToken);
    }

    // On a token of its own: what was done is told also when the run was cancelled.
    private static async Task<RunOutcome> CloseAsync(JournalFile journal, RunRecord record, RunStatus status)
    {
        var report = await new ReportWriter(journal).WriteAsync(record.Run, record.Folder, CancellationToken.None);
        return new RunOutcome.Ran(status, journal.Read(record.Run), report);
    }
}
