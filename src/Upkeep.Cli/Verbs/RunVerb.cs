using System.CommandLine;
using Upkeep.Cli.Output;
using Upkeep.Maintenance;
using Upkeep.Planning;
using Upkeep.Reports;
using Upkeep.Reports.Text;

namespace Upkeep.Cli.Verbs;

/// <summary><c>upkeep run</c>: runs the maintenance.</summary>
internal static class RunVerb
{
    public static Command Create(VerbHost host)
    {
        var only = StepIdsOption.Create("--only", "Nothing but these steps or procedures, and what they need.");
        var skip = StepIdsOption.Create("--skip", "Not these steps or procedures.");
        var dryRun = new Option<bool>("--dry-run") { Description = "Look only: say what would be done, change nothing." };
        var resume = new Option<bool>("--resume") { Description = "Go on with the last run where it stopped." };
        var ignoreWindow = new Option<bool>("--ignore-window") { Description = "Run now, whatever the maintenance window." };
        var command = new Command("run", "Runs the maintenance.") { only, skip, dryRun, resume, ignoreWindow };
        command.Validators.Add(result =>
        {
            if (result.GetValue(resume) && (result.GetValue(dryRun) || result.GetResult(only) is not null || result.GetResult(skip) is not null))
                result.AddError("--resume goes on with the run as it was planned: it can't be combined with --only, --skip or --dry-run.");
        });
        host.On(command, async (parsed, context, cancellationToken) =>
        {
            var request = new RunRequest
            {
                Selection = StepIdsOption.Selection(parsed, only, skip),
                DryRun = parsed.GetValue(dryRun),
                Resume = parsed.GetValue(resume),
                IgnoreWindow = parsed.GetValue(ignoreWindow),
            };
            await using var composition = Composition.Load(context);
            return await RunAsync(composition.Platform, request, context, cancellationToken);
        });
        return command;
    }

    /// <summary>Runs, shows the progress, and answers with the run's document or its summary.</summary>
    public static async Task<ExitStatus> RunAsync(Platform platform, RunRequest request, VerbContext context, CancellationToken cancellationToken)
    {
        context.Interrupts.StopGently("Go on later with: upkeep run --resume");
        var window = request.IgnoreWindow ? null : WindowCalendar.Create(platform.Configuration.Window).Containing(context.Time.GetUtcNow());
        var outcome = await RunAudience.For(context.Output, window?.End, context.Time).ShowAsync(tell =>
            new MaintenanceRun(platform, tell).RunAsync(request, context.Interrupts.Stop, cancellationToken));
        return Answer(outcome, context.Output);
    }

    private static ExitStatus Answer(RunOutcome outcome, CommandOutput output)
    {
        switch (outcome)
        {
            case RunOutcome.Ran ran:
                if (output.IsJson)
                    output.Json(ran.Document);
                else
                    output.Line(ClosingSummary.Of(ReportModel.From(ran.Entries), ran.Report));
                return ExitStatuses.Of(ran.Status);
            case RunOutcome.Refused refused:
                throw new CommandException(ExitStatus.Refused, $"Not started: {refused.Reason}.", refused.Hint);
            case RunOutcome.Locked locked:
                throw new CommandException(ExitStatus.Locked, $"Not started: the lock is held by {locked.Holder}.", locked.Hint);
            case RunOutcome.NothingToResume nothing:
                throw new CommandException(ExitStatus.Usage, $"There is nothing to resume: {nothing.Reason}.", "Start a new run with: upkeep run");
            default:
                throw new InvalidOperationException($"{outcome.GetType().Name} has no exit status.");
        }
    }
}
