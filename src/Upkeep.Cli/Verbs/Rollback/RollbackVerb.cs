using System.CommandLine;
using Upkeep.Cli.Output;
using Upkeep.Maintenance;
using Upkeep.Rollback.Full;
using Upkeep.Running;

namespace Upkeep.Cli.Verbs.Rollback;

/// <summary><c>upkeep rollback</c>: takes back what a run changed, step by step or as a whole, goes back from that, or rehearses it.</summary>
internal static class RollbackVerb
{
    public static Command Create(VerbHost host)
    {
        var options = new RollbackOptions();
        var command = new Command("rollback", "Takes back what a run changed, step by step or the whole database, and proves it.");
        options.AddTo(command);
        host.On(command, async (parsed, context, cancellationToken) =>
        {
            await using var composition = Composition.Load(context);
            context.Interrupts.StopGently("Go on later with the same command.");
            var outcome = await RunAudience.For(context.Output, null, context.Time).ShowAsync(tell => ActAsync(options, parsed, composition.Platform, tell, context.Interrupts.Stop, cancellationToken));
            return new RollbackAnswer(context.Output).Give(outcome, stopped: context.Interrupts.Stop.IsRequested);
        });
        return command;
    }

    private static async Task<RollbackOutcome> ActAsync(RollbackOptions options, ParseResult parsed, Platform platform, Action<RunEvent> tell, StopSignal stop, CancellationToken cancellationToken)
    {
        var run = parsed.GetValue(options.Run);
        if (parsed.GetValue(options.Rehearse))
            return await new FullRollback(platform, tell).RehearseAsync(run, stop, cancellationToken);
        if (parsed.GetValue(options.StopRun) && await new RunStopper(platform, tell).StopAsync(cancellationToken) is { } locked)
            return new RollbackOutcome.Locked(locked);
        // The undo of the whole is going back, by whatever name it is asked for.
        if (parsed.GetValue(options.Back) || parsed.GetValue(options.Step) == FullRollbackStep.Id)
            return await new FullRollback(platform, tell).BackAsync(run, stop, cancellationToken);
        return parsed.GetValue(options.Full)
            ? await new FullRollback(platform, tell).RunAsync(new FullRollbackRequest(run, options.CarryOverOf(parsed)), stop, cancellationToken)
            : await new StepRollback(platform, tell).RunAsync(run, parsed.GetValue(options.Step), stop, cancellationToken);
    }
}
