using System.Globalization;

namespace Upkeep.Application.Commands;

/// <summary>How a command ended, in words.</summary>
internal static class Told
{
    public static string Ending(CommandOutcome outcome, TimeSpan deadline) => outcome.Ending switch
    {
        CommandEnding.Watches => "hung: it waits for changes and would never have ended; it was stopped with all that it started",
        CommandEnding.DeadlinePassed => $"was still running after {Amount.Duration(deadline)}, its deadline, and was stopped with all that it started",
        CommandEnding.DiskFull => "was about to fill the disk, and was stopped with all that it started",
        _ when outcome.ExitCode > 128 => string.Create(CultureInfo.InvariantCulture, $"was killed by signal {outcome.ExitCode - 128}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"ended with status {outcome.ExitCode}"),
    };

    public static string? Hint(CommandOutcome outcome, string run, string stepId) => outcome.Ending switch
    {
        CommandEnding.Watches => $"Let '{run}' run once instead of watching: vitest run, jest --ci, tsc without --watch. CI=true is set already.",
        CommandEnding.DeadlinePassed => $"Does '{run}' wait for something, or watch for changes (vitest run, jest --ci)? Else give it more time: deadline, and steps: {stepId}: deadline.",
        CommandEnding.DiskFull => "Make room, put application: workFolder on another disk, or lower application: minFree.",
        _ => null,
    };
}
