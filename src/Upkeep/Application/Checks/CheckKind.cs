using Upkeep.Application.Projects;
using Upkeep.Configuration;

namespace Upkeep.Application.Checks;

/// <summary>One of the project's own checks: what it is called here, and which command it is.</summary>
/// <param name="Scripts">The npm scripts that are meant where nothing is configured; a project's first counts.</param>
/// <param name="Dotnet">What dotnet is told where nothing is configured and there is no npm script; null: nothing.</param>
internal sealed record CheckKind(string Id, string Title, string Key, IReadOnlyList<string> Scripts, string? Dotnet, Func<ApplicationSettings, CommandSettings?> Configured)
{
    public static CheckKind Typecheck { get; } = new("application.typecheck", "Types of the application", "typecheck", ["typecheck", "type-check", "check-types"], null, settings => settings.Typecheck);

    public static CheckKind Lint { get; } = new("application.lint", "Style of the application", "lint", ["lint"], null, settings => settings.Lint);

    public static CheckKind Tests { get; } = new("application.tests", "Tests of the application", "tests", ["test"], "test", settings => settings.Tests);

    public static CheckKind Build { get; } = new("application.build", "Production build", "build", ["build"], "build", settings => settings.Build.Command);

    // What npm init writes where there are no tests.
    private const string NoTests = "no test specified";

    /// <summary>The commands that are run: the configured one, or one for each project that has it.</summary>
    public IReadOnlyList<CommandSettings> Commands(ApplicationSettings settings, FoundProjects found)
    {
        if (Configured(settings) is { } configured)
            return [configured];
        var scripts = from project in found.Npm
                      let script = Scripts.FirstOrDefault(name => project.Scripts.TryGetValue(name, out var line) && !line.Contains(NoTests, StringComparison.Ordinal))
                      where script is not null
                      select new CommandSettings { Run = ["npm", "run", "--silent", script], Folder = project.Folder };
        var programs = Dotnet is null ? [] : found.Dotnet.Select(project => new CommandSettings { Run = ["dotnet", Dotnet, Path.GetFileName(project.File)], Folder = project.Folder });
        return [.. scripts, .. programs];
    }
}
