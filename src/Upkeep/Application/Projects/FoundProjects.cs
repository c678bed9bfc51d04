namespace Upkeep.Application.Projects;

/// <summary>What lies in a source folder.</summary>
internal sealed record FoundProjects(IReadOnlyList<NpmProject> Npm, IReadOnlyList<DotnetProject> Dotnet, IReadOnlyList<ManifestProblem> Problems)
{
    public bool IsEmpty => Npm.Count + Dotnet.Count + Problems.Count == 0;
}

/// <summary>A folder with a package.json of its own (a workspace's members belong to their root).</summary>
/// <param name="Folder">Below the source folder; <c>.</c> is itself.</param>
/// <param name="Ranges">What the manifest asks for, by package: dependencies of every kind.</param>
/// <param name="Lock">The lock file's name, or null where there is none.</param>
internal sealed record NpmProject(string Folder, IReadOnlyDictionary<string, string> Scripts, IReadOnlyDictionary<string, string> Ranges, string? Lock)
{
    /// <summary>Lock files beside it, of other package managers: nobody knows which of them counts.</summary>
    public IReadOnlyList<string> OtherLocks { get; init; } = [];

    /// <summary>Whether folders below belong to it.</summary>
    public bool IsWorkspace { get; init; }

    public string Manifest => Folder == "." ? "package.json" : Path.Combine(Folder, "package.json");

    /// <summary>Names of lock files of npm itself; the others' are other package managers'.</summary>
    public bool IsNpms => Lock is null or "package-lock.json" or "npm-shrinkwrap.json";
}

/// <summary>A solution, or a project that is in none.</summary>
/// <param name="File">Below the source folder.</param>
/// <param name="HasLock">Whether its projects have a packages.lock.json.</param>
internal sealed record DotnetProject(string File, bool HasLock)
{
    public string Folder => Path.GetDirectoryName(File) is { Length: > 0 } folder ? folder : ".";
}

/// <summary>A manifest that can't be read.</summary>
/// <param name="Line">From 1; null where it isn't the content that is wrong.</param>
internal sealed record ManifestProblem(string File, long? Line, string What);
