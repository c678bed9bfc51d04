using Upkeep.Application.Commands;
using Upkeep.Running;

namespace Upkeep.Application.Checks;

/// <summary>The figures of a project's own check.</summary>
internal static class CheckMeasures
{
    public static void Take(StepContext context, CheckKind kind, CheckRun run, CommandOutcome outcome)
    {
        var subject = run.Folder == "." ? run.Command : $"{run.Command} ({run.Folder})";
        context.Before("command_duration", run.Seconds, "seconds", subject);
        context.Before("command_output", outcome.Printed, "bytes", subject);
        if (run.Counts is not { } counts)
            return;
        if (counts.Warnings is { } warnings)
        {
            context.Before("files_looked_at", counts.Total, "count", subject);
            context.Before("errors", counts.Failed, "count", subject);
            context.Before("warnings", warnings, "count", subject);
            return;
        }
        context.Before($"{kind.Key}_passed", counts.Passed, "count", subject);
        context.Before($"{kind.Key}_failed", counts.Failed, "count", subject);
        context.Before($"{kind.Key}_skipped", counts.Skipped, "count", subject);
    }
}
