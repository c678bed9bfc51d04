using System.CommandLine;
using Upkeep.Cli.Output;
using Upkeep.Maintenance;
using Upkeep.Reports;

namespace Upkeep.Cli.Verbs.Backup;

/// <summary><c>upkeep backup create</c>: takes a backup now, with the manifest that a proof needs.</summary>
internal static class CreateVerb
{
    public static Command Create(VerbHost host)
    {
        var name = new Option<string?>("--name") { Description = "What it is called (default: manual-YYYYMMDD-HHMMSS in the platform's time).", HelpName = "NAME" };
        var command = new Command("create", "Takes a backup now.") { name };
        host.On(command, async (parsed, context, cancellationToken) =>
        {
            await using var composition = Composition.Load(context);
            context.Interrupts.StopGently("An unfinished backup is removed.");
            try
            {
                var outcome = await RunAudience.For(context.Output, null, context.Time).ShowAsync(tell =>
                    new BackupMaking(composition.Platform, tell).RunAsync(parsed.GetValue(name), context.Interrupts.Stop, cancellationToken));
                return Answer(outcome, context.Output);
            }
            catch (OperationCanceledException) when (context.Interrupts.Stop.IsRequested)
            {
                throw new CommandException(ExitStatus.Stopped, $"Stopped: {context.Interrupts.Stop.Reason}. The unfinished backup was removed.", "Take it again with the same command.");
            }
        });
        return command;
    }

    private static ExitStatus Answer(BackupOutcome outcome, CommandOutput output)
    {
        switch (outcome)
        {
            case BackupOutcome.Made { Manifest: var manifest, Folder: var folder }:
                if (output.IsJson)
                    output.Json(manifest);
                else
                    output.Line($"{manifest.Name}: {Words.Figure(manifest.Rows(), "rows")} rows of {Counted.Of(manifest.Content.Tables.Count, "table")} in {Amount.Bytes(manifest.Bytes())}, taken in {Amount.Duration(manifest.FinishedAt - manifest.StartedAt)}\n{folder}");
                return ExitStatus.Success;
            case BackupOutcome.Misnamed misnamed:
                throw new CommandException(ExitStatus.Usage, misnamed.Reason, misnamed.Hint);
            case BackupOutcome.Refused refused:
                throw new CommandException(ExitStatus.Refused, $"Not started: {refused.Reason}.", refused.Hint);
            case BackupOutcome.Locked { By: var by }:
                throw new CommandException(ExitStatus.Locked, $"Not started: the lock is held by {by.Holder}.", by.Hint);
            case BackupOutcome.Failed { Problem: var problem }:
                throw new CommandException(ExitStatus.Failed, problem.What, problem.Hint);
            default:
                throw new InvalidOperationException($"{outcome.GetType().Name} has no exit status.");
        }
    }
}
