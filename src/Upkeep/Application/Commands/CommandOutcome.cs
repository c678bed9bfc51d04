namespace Upkeep.Application.Commands;

/// <summary>How a command came to its end.</summary>
public enum CommandEnding
{
    /// <summary>By itself; its exit status says how.</summary>
    Ended,

    /// <summary>It was still running at its deadline and was stopped.</summary>
    DeadlinePassed,

    /// <summary>It waits for changes and would never have ended; it was stopped.</summary>
    Watches,

    /// <summary>It was about to fill the disk and was stopped.</summary>
    DiskFull,
}

/// <summary>What became of a command.</summary>
/// <param name="ExitCode">Counts only where it ended by itself.</param>
/// <param name="Output">Beginning and end of what it printed, secrets masked.</param>
/// <param name="Printed">Bytes that it printed in all.</param>
public sealed record CommandOutcome(CommandEnding Ending, int ExitCode, string Output, long Printed, TimeSpan Took)
{
    public bool Passed => Ending == CommandEnding.Ended && ExitCode == 0;
}
