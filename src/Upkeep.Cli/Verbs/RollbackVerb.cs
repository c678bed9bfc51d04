using System.CommandLine;
using Upkeep.Cli.Output;
using Upkeep.Maintenance;

namespace Upkeep.Cli.Verbs;

/// <summary><c>upkeep rollback</c>: takes back what the steps of a run changed.</summary>
internal static class RollbackVerb
{
    public static Command Create(VerbHost host)
    {
        var run = RunArgument.Create("the last one that changed anything");
        var step = new Option<string?>("--step") { Description = "Only this step (default: every step that can be undone, newest first).", HelpName = "ID" };
        var command = new Command("rollback", "Takes back what a run changed, step by step, and proves it.") { run, step };
        host.On(command, async (parsed, context, cancellationToken) =>
        {
            await using var composition = Composition.Load(context);
            context.Interrupts.StopGently("Go on later with the same command.");
            var outcome = await RunAudience.For(context.Output, null, context.Time).ShowAsync(tell =>
                new StepRollback(composition.Platform, tell).RunAsync(parsed.GetValue(run), parsed.GetValue(step), context.Interrupts.Stop, cancellationToken));
            return Answer(outcome, context.Output, stopped: context.Interrupts.Stop.IsRequested);
        });
        return command;
    }

    private static ExitStatus Answer(RollbackOutcome outcome, CommandOutput output, bool stopped) => outcome switch
    {
        RollbackOutcome.Undone undone => Answer(undone, output, stopped),
        RollbackOutcome.Locked { By: var by } => throw new CommandException(ExitStatus.Locked, $"Not started: the lock is held by {by.Holder}.", by.Hint),
        RollbackOutcome.NotFound missing => throw new CommandException(ExitStatus.Usage, missing.Reason, missing.Hint),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no exit status."),
    };

    private static ExitStatus Answer(RollbackOutcome.Undone undone, CommandOutput output, bool stopped)
    {
        if (output.IsJson)
            output.Json(new { schema = 1, run = undone.Run, steps = undone.Steps.Select(step => new { id = step.Step, undone = step.Proof.Holds, summary = step.Proof.Summary, hint = step.Proof.Hint }) });
        else if (undone.Steps.Count == 0)
            output.Line($"{undone.Run} has nothing left to undo.");
        foreach (var (id, proof) in undone.Steps)
        {
            output.Line($"{id}: {(proof.Holds ? "undone" : "not undone")}: {proof.Summary}");
            if (proof is { Holds: false, Hint: { } hint })
                output.Line($"  hint: {hint}");
        }
        return undone.Steps.Any(step => !step.Proof.Holds) ? ExitStatus.Failed : stopped ? ExitStatus.Stopped : ExitStatus.Success;
    }
}
