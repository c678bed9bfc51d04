using Upkeep.Journal;
using Upkeep.Planning;

namespace Upkeep.Running;

/// <summary>Runs a plan's steps in order and writes what happens to the journal. Knows no slice.</summary>
/// <param name="tell">Hears what happens while it happens; must not throw.</param>
/// <param name="explain">Puts exceptions that the doors let through into words, or null where it has none.</param>
public sealed class Runner(JournalFile journal, TimeProvider time, Action<RunEvent> tell, Func<Exception, Problem?>? explain = null)
{
    /// <summary>
    /// Carries the plan out from where the journal says it stands: finished steps are not repeated, an interrupted one goes on from its
    /// checkpoints, failed, deferred and refused ones are tried again, go/no-go gates are asked again, and what was undone stays undone.
    /// Steps that prove or tell what was done are repeated where anything was done since.
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

        await using var atOnce = cancellationToken.Register(() => stop.Request("stopped at once on request"));
        using var windowEnd = frame.Deadlines.Ends is { } ends ? StopAt(ends, stop) : null;
        var progress = new RunProgress(new RunJournal(journal, run), stop);
        var attempt = new StepAttempt(progress.Journal, time, tell, frame, stop) { Explain = explain };
        for (var number = 0; number < plan.Steps.Count; number++)
        {
            var planned = plan.Steps[number];
            var definition = planned.Definition;
            var history = StepHistory.Of(progress.Journal.Of(definition.Id));
            if (progress.NeedsNoRepeating(definition, history))
                continue;
            if (progress.Refusal is null)
                await WaitForOpeningAsync(planned, frame, stop, cancellationToken);
            tell(new RunEvent.StepBegan(definition, number + 1, plan.Steps.Count));
            var end = progress.Refuses(definition) is { } refusal
                ? attempt.End(definition, StepStatus.Refused, refusal, null)
                : await attempt.RunAsync(planned, steps[definition.Id], history, cancellationToken);
            progress.Take(definition, end, attempt.Began);
        }
        return progress.Close(cutShort: attempt.CutShort);
    }

    private async Task WaitForOpeningAsync(PlannedStep planned, RunFrame frame, StopSignal stop, CancellationToken cancellationToken)
    {
        if (frame.DryRun || planned.Definition.BeforeWindow || planned.Decision != PlanDecision.Run || frame.Deadlines.Opens is not { } opens)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token);
        var told = false;
        // A timer counts seconds, not the clock on the wall, which may be set meanwhile: asked again after each wait.
        while (opens - time.GetUtcNow() is { Ticks: > 0 } wait && !either.IsCancellationRequested)
        {
            if (!told)
                tell(new RunEvent.Waiting(opens, "the window to open"));
            told = true;
            await Task.Delay(wait, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
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
