using Upkeep.Journal;
using Upkeep.Planning;

namespace Upkeep.Running;

/// <summary>Runs a plan's steps in order and writes what happens to the journal. Knows no slice.</summary>
/// <param name="tell">Hears what happens while it happens; must not throw.</param>
public sealed class Runner(JournalFile journal, TimeProvider time, Action<RunEvent> tell)
{
    /// <summary>
    /// Carries the plan out from where the journal says it stands: finished steps are not repeated, an interrupted one goes on from its
    /// checkpoints, go/no-go gates are asked again.
    /// </summary>
    /// <param name="run">Id of a run whose <see cref="RunStarted"/> is in the journal.</param>
    /// <param name="steps">The steps by id; every planned one must be there.</param>
    /// <param name="cancellationToken">Stops at once; for a stop at the next safe point use <paramref name="stop"/>.</param>
    /// <returns>How the run ended, as written to the journal.</returns>
    public async Task<RunStatus> RunAsync(string run, Plan plan, IReadOnlyDictionary<string, Step> steps, RunFrame frame, StopSignal stop,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(stop);

        using var windowEnd = frame.Deadlines.Ends is { } ends ? StopAt(ends, stop) : null;
        var earlier = journal.Read(run);
        var attempt = new StepAttempt(journal, time, tell, run, frame, stop, earlier);
        string? refusal = null;
        for (var number = 0; number < plan.Steps.Count; number++)
        {
            var planned = plan.Steps[number];
            var history = StepHistory.Of(planned.Definition.Id, earlier);
            if (history.Finished is not null && !planned.Definition.IsGate)
                continue;
            await WaitForOpeningAsync(planned, frame, stop, cancellationToken);
            tell(new RunEvent.StepBegan(planned.Definition, number + 1, plan.Steps.Count));
            var end = refusal is not null && !planned.Definition.RunsAfterStop
                ? attempt.End(planned.Definition, StepStatus.Refused, $"not started: {refusal}", null)
                : await attempt.RunAsync(planned, steps[planned.Definition.Id], history, cancellationToken);
            if (planned.Definition.IsGate && end.Status is StepStatus.Refused or StepStatus.Failed && planned.Definition.IsGate)
                refusal ??= $"{planned.Definition.Id} said no: {end.Reason}";
        }
        return Close(run, refusal, stop);
    }

    private RunStatus Close(string run, string? refusal, StopSignal stop)
    {
        var ends = LastEnds(journal.Read(run));
        var status = RunVerdict.Of(ends, refused: refusal is not null, stopped: stop.IsRequested);
        journal.Append(run, null, new RunEnded(status, refusal ?? stop.Reason));
        return status;
    }

    private static IReadOnlyCollection<StepEnded> LastEnds(IReadOnlyList<JournalEntry> entries) =>
        [.. entries.Where(entry => entry is { Step: not null, Fact: StepEnded })
            .GroupBy(entry => entry.Step!, StringComparer.Ordinal)
            .Select(group => (StepEnded)group.Last().Fact)];

    private async Task WaitForOpeningAsync(PlannedStep planned, RunFrame frame, StopSignal stop, CancellationToken cancellationToken)
    {
        if (frame.DryRun || planned.Definition.BeforeWindow || planned.Decision != PlanDecision.Run || frame.Deadlines.Opens is not { } opens)
            return;
        var wait = opens - time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
            return;
        tell(new RunEvent.Waiting(opens, "the window to open"));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token);
        await Task.Delay(wait, time, either.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private ITimer StopAt(DateTimeOffset instant, StopSignal stop)
    {
        var wait = instant - time.GetUtcNow();
        return time.CreateTimer(_ => stop.Request("the maintenance window is over"), null, wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>What holds for all steps of a run.</summary>
/// <param name="Folder">The run's folder, absolute.</param>
/// <param name="DryRun">Checks only; nothing is changed.</param>
/// <param name="DeadlineGrace">How long a step that was asked to stop at its deadline has to reach a safe point before it is cancelled.</param>
public sealed record RunFrame(string Folder, Deadlines Deadlines, bool DryRun, TimeSpan DeadlineGrace);
