using System.Text.Json;
using Upkeep.Application.Commands;
using Upkeep.Application.Projects;
using Upkeep.Configuration;
using Upkeep.Redaction;

namespace Upkeep.Application.Dependencies;

/// <summary>The machine-readable answers of <c>dotnet package list</c> (format version 1), by the name that SDKs before 10 know too.</summary>
internal static class DotnetList
{
    private static readonly string[] _kinds = ["topLevelPackages", "transitivePackages"];

    public static CommandSettings Command(DotnetProject project, TimeSpan timeout, string what) =>
        new() { Run = ["dotnet", "list", Path.GetFileName(project.File), "package", what, "--include-transitive", "--format", "json"], Folder = project.Folder, Deadline = timeout };

    /// <param name="of">What a package of the answer is.</param>
    public static (IReadOnlyList<T> Packages, string? Problem) Read<T>(ToolAnswer answer, Func<(JsonElement Json, bool Direct), T> of)
    {
        if (answer.Ending != CommandEnding.Ended)
            return ([], "dotnet package list had no answer in time");
        try
        {
            using var json = JsonDocument.Parse(answer.Output);
            var root = json.RootElement;
            var problems = root.TryGetProperty("problems", out var told) ? told.EnumerateArray().Where(one => one.GetProperty("level").GetString() == "error").Select(one => one.GetProperty("text").GetString()!).ToList() : [];
            if (problems.Count > 0 || answer.ExitCode != 0 || !answer.IsWhole)
                return ([], $"dotnet package list ended with status {answer.ExitCode}: {SecretShapes.Clean(string.Join(" ", problems), 500)} {answer.Error}".TrimEnd());
            return ([.. from project in root.GetProperty("projects").EnumerateArray()
                        where project.TryGetProperty("frameworks", out _)
                        from framework in project.GetProperty("frameworks").EnumerateArray()
                        from kind in _kinds
                        where framework.TryGetProperty(kind, out _)
                        from package in framework.GetProperty(kind).EnumerateArray()
                        select of((package, kind == _kinds[0]))], null);
        }
        catch (Exception trouble) when (trouble is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return ([], $"dotnet package list did not answer in JSON (status {answer.ExitCode}): {SecretShapes.Clean(answer.Output.Length > 0 ? answer.Output : answer.Error, 300)}");
        }
    }
}
