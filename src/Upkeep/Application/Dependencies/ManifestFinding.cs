using Upkeep.Application.Projects;
using Upkeep.Journal;

namespace Upkeep.Application.Dependencies;

internal static class ManifestFinding
{
    public static Finding Of(ManifestProblem problem)
    {
        var at = problem.Line is { } line ? $"{problem.File}:{line}" : problem.File;
        return new Finding(Severity.Warning, "manifest-unreadable", $"{at} can't be read: {problem.What}", problem.File, "Mend it; until then nothing of this project is looked at.");
    }
}
