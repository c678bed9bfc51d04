using Upkeep.Application.Projects;
using Upkeep.Configuration;
using Upkeep.Processes;

namespace Upkeep.Checking;

/// <summary>The application's source, and the programs that its steps need.</summary>
internal static class ApplicationRequirements
{
    private static readonly string[] _commands = ["application.typecheck", "application.lint", "application.tests", "application.build"];
    private static readonly string[] _asking = ["application.dependencies", "application.security-audit"];

    public static IReadOnlyList<Requirement> Look(ApplicationSettings settings)
    {
        const string key = "application.folder";
        if (settings.Folder is not { } folder)
            return [Requirement.Met(key, "Not configured: nothing of the application is checked")];
        if (!Directory.Exists(folder))
            return [Requirement.Missing(key, $"There is no folder {folder}", "Correct the path, or give the user that upkeep runs as the right to enter it.", [.. _asking, .. _commands, "application.environment"])];
        var found = ProjectFinder.In(folder);
        var requirements = new List<Requirement> { Requirement.Met(key, $"{folder} holds {Counted.Of(found.Npm.Count, "npm project")} and {Counted.Of(found.Dotnet.Count, ".NET solution or project", ".NET solutions or projects")}") };
        requirements.AddRange(found.Problems.Select(problem => Requirement.Missing($"{key} {problem.File}", $"{problem.File}{(problem.Line is { } line ? $":{line}" : "")} can't be read: {problem.What}", "Mend the file.", _asking)));
        if (found.Npm.Count > 0)
            requirements.Add(Program("npm", "Install Node.js with npm."));
        if (found.Dotnet.Count > 0)
            requirements.Add(Program("dotnet", "Install the .NET SDK."));
        return requirements;
    }

    private static Requirement Program(string program, string hint) =>
        SearchPath.Find(program) is not null
            ? Requirement.Met($"application {program}", $"{program} is there")
            : Requirement.Missing($"application {program}", $"{program} isn't on the PATH of {Environment.UserName}", hint, [.. _asking, .. _commands]);
}
