using Upkeep.Application.Commands;
using Upkeep.Journal;

namespace Upkeep.Application.Checks;

/// <summary>What a reader should know of a project's own check besides whether it passed.</summary>
internal static class CheckFindings
{
    public static IEnumerable<Finding> Of(CheckKind kind, CheckRun run)
    {
        if (run.Ending == CommandEnding.Watches)
            yield return new Finding(Severity.Warning, "command-hung", $"{run.Command} waits for changes instead of ending, and was stopped after {Amount.Duration(TimeSpan.FromSeconds(run.Seconds))}.", run.Command, "Let it run once: vitest run, jest --ci, tsc without --watch.");
        if (run.Ending == CommandEnding.DiskFull)
            yield return new Finding(Severity.Critical, "command-fills-disk", $"{run.Command} was stopped because the disk of its work folder was nearly full.", run.Command, "Look at what it writes; put application: workFolder on a disk of its own.");
        if (run.Counts is not { } counts)
            yield break;
        if (run.Passed && counts.Failed > 0)
            yield return new Finding(Severity.Warning, "tool-report-disagrees", $"{run.Command} ended as passed, and its own report counts {Counted.Of(counts.Failed, "failure")}: {string.Join(", ", counts.Names.Take(5))}.", run.Command, "Is its exit status swallowed (|| true, continue on error)?");
        else if (counts.Names.Count > 0)
            yield return new Finding(Severity.Warning, $"{kind.Key}-failures", $"{run.Command}: {Counted.Of(counts.Failed, "failure")}, the first: {string.Join("; ", counts.Names)}.", run.Command);
        if (run.Passed && counts.Total == 0)
            yield return new Finding(Severity.Warning, "nothing-ran", $"{run.Command} passed, and its own report says that nothing ran.", run.Command, "Does it find its files in a clean copy?");
        if (kind == CheckKind.Tests && counts.Skipped > 0)
            yield return new Finding(Severity.Info, "tests-skipped", $"{run.Command} left out {Counted.Of(counts.Skipped, "test")} of {counts.Total:N0}.", run.Command);
    }
}
