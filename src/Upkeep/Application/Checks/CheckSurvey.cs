using Upkeep.Application.Commands;
using Upkeep.Application.ToolReports;

namespace Upkeep.Application.Checks;

/// <summary>What became of a project's own check.</summary>
public sealed record CheckSurvey(IReadOnlyList<CheckRun> Runs);

/// <summary>One command of it.</summary>
/// <param name="Command">As a person would type it.</param>
/// <param name="Folder">Below the source folder.</param>
/// <param name="Counts">From the tool's own report; null where none is configured or it can't be read.</param>
public sealed record CheckRun(string Command, string Folder, CommandEnding Ending, int ExitCode, double Seconds, ToolCounts? Counts)
{
    public bool Passed => Ending == CommandEnding.Ended && ExitCode == 0;
}
