using System.Text.Json;
using Upkeep.Application.Projects;

namespace Upkeep.Application.Audit;

/// <summary>Which package brings which in: from what a restore of .NET left in <c>obj/project.assets.json</c>, or from npm's lock file. By names: one that is there in several versions is one.</summary>
internal sealed class PackageWays
{
    private static readonly EnumerationOptions _all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, HashSet<string>> _above = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="folder">Below it are the restored projects.</param>
    public static PackageWays Of(string folder)
    {
        var ways = new PackageWays();
        foreach (var file in Directory.EnumerateFiles(folder, "project.assets.json", _all))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            ways.Read(json.RootElement);
        }
        return ways;
    }

    public static PackageWays OfNpm(string lockFile, NpmProject project)
    {
        const string modules = "node_modules/";
        var ways = new PackageWays();
        ways._asked.UnionWith(project.Ranges.Keys);
        using var json = JsonDocument.Parse(File.ReadAllBytes(lockFile));
        foreach (var package in json.RootElement.TryGetProperty("packages", out var packages) ? packages.EnumerateObject().Where(one => one.Name.Contains(modules, StringComparison.Ordinal)) : [])
        {
            foreach (var kind in new[] { "dependencies", "optionalDependencies", "peerDependencies" })
                ways.Add(package.Name[(package.Name.LastIndexOf(modules, StringComparison.Ordinal) + modules.Length)..], package.Value.TryGetProperty(kind, out var all) ? all : default);
        }
        return ways;
    }

    /// <summary>The shortest way to a package, one that a project asks for first.</summary>
    public IReadOnlyList<string> To(string package)
    {
        var ways = new Queue<string[]>([[package]]);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { package };
        while (ways.TryDequeue(out var way))
        {
            if (_asked.Contains(way[0]))
                return way;
            foreach (var above in _above.GetValueOrDefault(way[0], []).Where(seen.Add))
                ways.Enqueue([above, .. way]);
        }
        return [package];
    }

    private void Read(JsonElement json)
    {
        foreach (var framework in json.GetProperty("project").GetProperty("frameworks").EnumerateObject())
        {
            if (framework.Value.TryGetProperty("dependencies", out var asked))
                _asked.UnionWith(asked.EnumerateObject().Select(one => one.Name));
        }
        foreach (var package in json.GetProperty("targets").EnumerateObject().SelectMany(target => target.Value.EnumerateObject()))
            Add(package.Name.Split('/')[0], package.Value.TryGetProperty("dependencies", out var all) ? all : default);
    }

    private void Add(string above, JsonElement dependencies)
    {
        foreach (var below in dependencies.ValueKind == JsonValueKind.Object ? dependencies.EnumerateObject().Select(one => one.Name) : [])
        {
            if (!_above.TryGetValue(below, out var known))
                _above[below] = known = new(StringComparer.OrdinalIgnoreCase);
            known.Add(above);
        }
    }
}
