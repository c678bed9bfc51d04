using System.CommandLine;
using Upkeep.Maintenance;
using Upkeep.Planning;
using Upkeep.Postgres;

namespace Upkeep.Cli.Verbs.Plan;

/// <summary><c>upkeep plan</c>: what the next run would do, how long it should take, and whether it fits the window. Changes nothing.</summary>
internal static class PlanVerb
{
    public static Command Create(VerbHost host)
    {
        var only = StepIdsOption.Create("--only", "Nothing but these steps or procedures, and what they need.");
        var skip = StepIdsOption.Create("--skip", "Not these steps or procedures.");
        var command = new Command("plan", "What the next run would do now, and whether it fits the window. Changes nothing.");
        command.Options.Add(only);
        command.Options.Add(skip);
        host.On(command, (parsed, context, cancellationToken) =>
            PlanAsync(StepIdsOption.Selection(parsed, only, skip), context, cancellationToken));
        return command;
    }

    private static async Task<ExitStatus> PlanAsync(StepSelection selection, VerbContext context, CancellationToken cancellationToken)
    {
        await using var composition = Composition.Load(context);
        var platform = composition.Platform;
        var now = context.Time.GetUtcNow();
        var window = WindowCalendar.Create(platform.Configuration.Window).Next(now, 1)[0];
        var request = RunPlan.Request(platform, selection, RunHistory.ReadIfAny(platform, RunHistory.RunsForPredictions), window);
        var plan = await LookedPlan.MakeAsync(request, platform, context.Interrupts.Stop, cancellationToken);
        if (context.Output.IsJson)
            context.Output.Json(PlanDocument.Of(platform.Configuration.Platform, now, plan));
        else
            PlanText.Write(context.Output, platform.Configuration.Platform, now, plan);
        return !plan.Plan.Steps.Any(step => plan.VerdictOf(step.Definition) == LookVerdict.Failed) ? plan.IsNoGo ? ExitStatus.Attention : ExitStatus.Success
            : await WhyUnreachableAsync(platform.Doors.Database, cancellationToken) is { } unreachable ? ExitStatuses.Of(unreachable) : ExitStatus.Failed;
    }

    // A run would not start at all then, and the plan ends with the status that the run would.
    private static async Task<DatabaseUnreachableException?> WhyUnreachableAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return null;
        }
        catch (DatabaseUnreachableException problem)
        {
            return problem;
        }
    }
}
