using System.Collections.Concurrent;
using System.Text.Json;
using Upkeep.Application.Commands;
using Upkeep.Application.Copies;
using Upkeep.Application.Projects;
using Upkeep.Configuration;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Application.Dependencies;

/// <summary>Asks npm which packages aren't the newest. It compares with what is installed: without the packages in place it says that all is well.</summary>
internal sealed class NpmPackages(Workbench bench, CommandRunner runner, PackageStore packages)
{
    private const string Ecosystem = "npm";

    // Each costs a question to the registry.
    private const int MostAges = 40;
    private const int SideBySide = 4;

    public async Task<AdapterAnswer> LookAsync(NpmProject project, Workspace workspace, StopSignal stop, CancellationToken cancellationToken)
    {
        var findings = NpmLock.Of(bench.Settings.Folder!, project).ToList();
        if (await packages.RestoreAsync(project, workspace, stop, cancellationToken) is { } problem)
            return AdapterAnswer.NotChecked(project.Manifest, Ecosystem, problem.What, findings);
        if (project.Ranges.Count == 0 && !project.IsWorkspace)
            return new AdapterAnswer(new ProjectPackages(project.Manifest, Ecosystem, null, []), findings);
        var answer = await runner.AskAsync(Command(project, "outdated", "--json", "--all"), workspace, stop, cancellationToken);
        var (outdated, trouble) = Read(answer, project);
        if (trouble is not null)
            return AdapterAnswer.NotChecked(project.Manifest, Ecosystem, trouble, findings);
        var ages = await AgesAsync([.. outdated.Where(one => one.Direct == true).Take(MostAges)], project, workspace, stop, cancellationToken);
        return new AdapterAnswer(new ProjectPackages(project.Manifest, Ecosystem, null, [.. outdated.Select(one => one with { Published = ages.GetValueOrDefault(one.Name) })]), findings);
    }

    private CommandSettings Command(NpmProject project, params string[] arguments) => new() { Run = ["npm", .. arguments], Folder = project.Folder, Deadline = bench.Settings.Dependencies.Timeout };

    private static (IReadOnlyList<OutdatedPackage> Outdated, string? Problem) Read(ToolAnswer answer, NpmProject project)
    {
        if (answer.Ending != CommandEnding.Ended)
            return ([], "npm outdated had no answer in time");
        // It ends with 1 where anything is outdated, and where it failed.
        if (answer.ExitCode is not (0 or 1) || !answer.IsWhole)
            return ([], $"npm outdated ended with status {answer.ExitCode}: {answer.Error}");
        try
        {
            using var json = JsonDocument.Parse(answer.Output.Length == 0 && answer.ExitCode == 0 ? "{}" : answer.Output);
            if (json.RootElement.TryGetProperty("error", out var error) && error.TryGetProperty("summary", out var summary))
                return ([], $"npm outdated failed: {SecretShapes.Clean(summary.ToString(), 300)}");
            return ([.. json.RootElement.EnumerateObject().SelectMany(one => Of(one, project)).DistinctBy(one => (one.Name, one.Current, one.Direct))], null);
        }
        catch (Exception trouble) when (trouble is JsonException or InvalidOperationException)
        {
            return ([], $"npm outdated did not answer in JSON: {SecretShapes.Clean(answer.Output, 200)}");
        }
    }

    // A package that is there in several versions, or asked for by several, is a list.
    private static IEnumerable<OutdatedPackage> Of(JsonProperty package, NpmProject project)
    {
        var range = project.Ranges.GetValueOrDefault(package.Name);
        foreach (var one in package.Value.ValueKind == JsonValueKind.Array ? package.Value.EnumerateArray() : Enumerable.Repeat(package.Value, 1))
        {
            if (one.TryGetProperty("current", out var current) && one.TryGetProperty("latest", out var latest) && current.GetString() is { } from && latest.GetString() is { } to && from != to)
            {
                var direct = range is not null && (!one.TryGetProperty("location", out var place) || place.GetString()!.IndexOf("/node_modules/", StringComparison.Ordinal) == place.GetString()!.LastIndexOf("/node_modules/", StringComparison.Ordinal));
                yield return Versions.Outdated(package.Name, from, to, direct, direct ? Versions.IsExact(range!) : null);
            }
        }
    }

    private async Task<IReadOnlyDictionary<string, DateTimeOffset?>> AgesAsync(IReadOnlyList<OutdatedPackage> asked, NpmProject project, Workspace workspace, StopSignal stop, CancellationToken cancellationToken)
    {
        var ages = new ConcurrentDictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(asked, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken }, async (package, token) =>
        {
            var answer = await runner.AskAsync(Command(project, "view", package.Name, "time", "--json"), workspace, stop, token);
            ages[package.Name] = answer.ExitCode == 0 ? Published(answer.Output, package.Current) : null;
        });
        return ages;
    }

    private static DateTimeOffset? Published(string output, string version)
    {
        try
        {
            using var json = JsonDocument.Parse(output);
            return json.RootElement.TryGetProperty(version, out var at) && at.TryGetDateTimeOffset(out var time) ? time : null;
        }
        catch (Exception trouble) when (trouble is JsonException or InvalidOperationException)
        {
            // Not known, which is what null says.
            return null;
        }
    }
}
