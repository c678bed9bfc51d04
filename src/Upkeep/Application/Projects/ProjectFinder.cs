using System.Text.Json;

namespace Upkeep.Application.Projects;

/// <summary>Finds the projects of a source folder by what lies in it.</summary>
internal static class ProjectFinder
{
    private const int Deepest = 5;
    private static readonly EnumerationOptions _readable = new() { AttributesToSkip = 0, IgnoreInaccessible = true };
    private const int LargestManifest = 16 << 20;
    private static readonly string[] _made = ["node_modules", "bin", "obj", "dist", "build", "out", "coverage", "vendor"];
    private static readonly string[] _locks = ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"];
    private static readonly string[] _kinds = ["dependencies", "devDependencies", "optionalDependencies"];

    /// <exception cref="IOException">The folder can't be read.</exception>
    public static FoundProjects In(string root)
    {
        var (npm, dotnet, problems) = (new List<NpmProject>(), new List<DotnetProject>(), new List<ManifestProblem>());
        foreach (var folder in Folders(root))
        {
            var names = Directory.EnumerateFiles(folder, "*", _readable).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal).ToList();
            if (names.Contains("package.json", StringComparer.Ordinal))
                Npm(root, folder, names, npm, problems);
            var solution = names.FirstOrDefault(name => name.EndsWith(".slnx", StringComparison.Ordinal)) ?? names.FirstOrDefault(name => name.EndsWith(".sln", StringComparison.Ordinal));
            var files = solution is not null ? [solution] : names.Where(name => Path.GetExtension(name) is ".csproj" or ".fsproj" or ".vbproj").ToArray();
            var relative = Path.GetRelativePath(root, folder);
            if (files.Length > 0 && !dotnet.Any(above => Path.GetExtension(above.File) is ".slnx" or ".sln" && IsBelow(relative, above.Folder)))
                dotnet.AddRange(files.Select(file => new DotnetProject(relative == "." ? file : Path.Combine(relative, file), Folders(folder).Any(below => File.Exists(Path.Combine(below, "packages.lock.json"))))));
        }
        return new FoundProjects(npm, dotnet, problems);
    }

    /// <summary>What a manifest says is wrong with a JSON file, with its line.</summary>
    public static ManifestProblem Problem(string file, JsonException problem)
    {
        // The reader's own words end in where it stood.
        var words = problem.Message.Split(" Path:", 2)[0].Split(" LineNumber:", 2)[0];
        return new ManifestProblem(file, problem.LineNumber + 1, words);
    }

    private static void Npm(string root, string folder, List<string> names, List<NpmProject> npm, List<ManifestProblem> problems)
    {
        var relative = Path.GetRelativePath(root, folder);
        var manifest = relative == "." ? "package.json" : Path.Combine(relative, "package.json");
        try
        {
            if (new FileInfo(Path.Combine(folder, "package.json")).Length > LargestManifest)
                throw new IOException($"it is larger than {Amount.Bytes(LargestManifest)}");
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "package.json")));
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add(new ManifestProblem(manifest, 1, "it is no JSON object"));
                return;
            }
            var locks = _locks.Where(name => names.Contains(name, StringComparer.Ordinal)).ToList();
            var lockFile = locks.FirstOrDefault();
            // A member of a workspace is installed, locked and looked at with its root.
            if (lockFile is null && npm.Any(above => IsBelow(relative, above.Folder) && above.IsWorkspace))
                return;
            npm.Add(new NpmProject(relative, Texts(json.RootElement, "scripts"),
                _kinds.SelectMany(kind => Texts(json.RootElement, kind)).DistinctBy(pair => pair.Key).ToDictionary(StringComparer.Ordinal), lockFile)
            {
                OtherLocks = [.. locks.Skip(1)],
                IsWorkspace = json.RootElement.TryGetProperty("workspaces", out _),
            });
        }
        catch (JsonException problem)
        {
            problems.Add(Problem(manifest, problem));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ManifestProblem(manifest, null, problem.Message));
        }
    }

    private static Dictionary<string, string> Texts(JsonElement json, string name) =>
        !json.TryGetProperty(name, out var map) || map.ValueKind != JsonValueKind.Object ? []
            : map.EnumerateObject().Where(pair => pair.Value.ValueKind == JsonValueKind.String).DistinctBy(pair => pair.Name).ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!, StringComparer.Ordinal);

    private static bool IsBelow(string folder, string above) => above == "." || folder == above || folder.StartsWith(above + '/', StringComparison.Ordinal);

    // Above before below; no links, for they lead round in circles.
    private static IEnumerable<string> Folders(string root, int depth = 0)
    {
        yield return root;
        if (depth == Deepest)
            yield break;
        foreach (var below in new DirectoryInfo(root).EnumerateDirectories("*", _readable).Where(below => below.LinkTarget is null && below.Name[0] != '.' && !_made.Contains(below.Name, StringComparer.Ordinal)).OrderBy(below => below.Name, StringComparer.Ordinal))
        {
            foreach (var folder in Folders(below.FullName, depth + 1))
                yield return folder;
        }
    }
}
