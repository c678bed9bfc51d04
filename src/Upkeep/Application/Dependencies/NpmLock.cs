using System.Text.Json;
using Upkeep.Application.Projects;
using Upkeep.Journal;

namespace Upkeep.Application.Dependencies;

/// <summary>Whether npm's lock file is what the manifest asks for: npm ci refuses where it isn't.</summary>
internal static class NpmLock
{
    private static readonly string[] _kinds = ["dependencies", "devDependencies", "optionalDependencies"];

    /// <param name="root">The source folder.</param>
    public static IEnumerable<Finding> Of(string root, NpmProject project)
    {
        if (project.Ranges.Count == 0)
            yield break;
        if (project.OtherLocks.Count > 0)
            yield return new Finding(Severity.Warning, "lock-files-of-two", $"{project.Manifest} has lock files of several package managers: {project.Lock}, {string.Join(", ", project.OtherLocks)}. {project.Lock} is looked at.", project.Manifest, "Keep that of the package manager which the build uses.");
        if (project.Lock is null)
        {
            yield return new Finding(Severity.Warning, "lock-missing", $"{project.Manifest} has no lock file: each installation may get other versions.", project.Manifest, "Make one and commit it: npm install --package-lock-only");
            yield break;
        }
        if (!project.IsNpms)
            yield break;
        var file = project.Folder == "." ? project.Lock : Path.Combine(project.Folder, project.Lock);
        IReadOnlyDictionary<string, string>? locked = null;
        ManifestProblem? problem = null;
        try
        {
            locked = Root(Path.Combine(root, file));
        }
        catch (JsonException trouble)
        {
            problem = ProjectFinder.Problem(file, trouble);
        }
        if (problem is not null)
        {
            yield return ManifestFinding.Of(problem);
            yield break;
        }
        if (locked is null)
        {
            yield return new Finding(Severity.Warning, "lock" + Finding.NotCheckedSuffix, $"Not checked: whether {file} is in step with {project.Manifest}, because it is written as npm 6 did.", file, "Write it anew with a newer npm: npm install --package-lock-only");
            yield break;
        }
        var odd = project.Ranges.Where(asked => locked.GetValueOrDefault(asked.Key) != asked.Value).Select(asked => $"{asked.Key} {asked.Value} (locked for {locked.GetValueOrDefault(asked.Key) ?? "nothing"})")
            .Concat(locked.Keys.Where(name => !project.Ranges.ContainsKey(name)).Select(name => $"{name} (no longer asked for)")).Order(StringComparer.Ordinal).ToList();
        if (odd.Count > 0)
            yield return new Finding(Severity.Warning, "lock-out-of-step", $"{file} is not what {project.Manifest} asks for: {string.Join(", ", odd.Take(5))}{(odd.Count > 5 ? $" and {odd.Count - 5} more" : "")}.", file, "Write it anew and commit both: npm install --package-lock-only");
    }

    // What the lock file says that the project itself asked for; null before lock files told.
    private static Dictionary<string, string>? Root(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("packages", out var packages) || !packages.TryGetProperty("", out var own))
            return null;
        return _kinds.Where(kind => own.TryGetProperty(kind, out var map) && map.ValueKind == JsonValueKind.Object).SelectMany(kind => own.GetProperty(kind).EnumerateObject())
            .DistinctBy(pair => pair.Name).ToDictionary(pair => pair.Name, pair => pair.Value.ToString(), StringComparer.Ordinal);
    }
}
