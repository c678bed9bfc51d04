namespace Upkeep.Application.Dependencies;

/// <summary>How far behind a version is, after Semantic Versioning 2.0: below 1.0.0 a new minor version may break as a major one does.</summary>
public enum Distance
{
    None,
    Patch,
    Minor,
    Major,
    /// <summary>One of the versions isn't written as such.</summary>
    Unknown,
}

/// <summary>The packages of the platform's projects that aren't the newest.</summary>
public sealed record DependencySurvey(IReadOnlyList<ProjectPackages> Projects);

/// <summary>One project.</summary>
/// <param name="Name">Its folder or file, below the source folder.</param>
/// <param name="Problem">Why it could not be looked at; else null.</param>
public sealed record ProjectPackages(string Name, string Ecosystem, string? Problem, IReadOnlyList<OutdatedPackage> Packages);

/// <summary>A package that isn't the newest.</summary>
/// <param name="Direct">Asked for by the project itself; else brought in by others. Null where it isn't known.</param>
/// <param name="Pinned">Asked for at exactly this version. Null where it isn't asked for.</param>
/// <param name="Published">When what is installed was published; null where it isn't known.</param>
public sealed record OutdatedPackage(string Name, string Current, string Latest, Distance Behind, bool? Direct, bool? Pinned, DateTimeOffset? Published)
{
    /// <summary>Major versions between them; 0 where the major version is the same or unknown.</summary>
    public int Majors { get; init; }
}

/// <summary>What an ecosystem's adapter found out, with what is worth a word besides.</summary>
internal sealed record AdapterAnswer(ProjectPackages Packages, IReadOnlyList<Journal.Finding> Findings)
{
    public static AdapterAnswer NotChecked(string name, string ecosystem, string problem, IReadOnlyList<Journal.Finding>? findings = null) => new(new ProjectPackages(name, ecosystem, problem, []), findings ?? []);
}
