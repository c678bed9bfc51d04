using System.Text.Json.Serialization;

namespace Upkeep.Application.Audit;

/// <summary>How bad a vulnerability is, as advisories say it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VulnerabilitySeverity>))]
public enum VulnerabilitySeverity
{
    Info,
    Low,
    Moderate,
    High,
    Critical,
}

/// <summary>Known vulnerabilities of the packages that the platform is built from.</summary>
public sealed record AuditSurvey(IReadOnlyList<ProjectAudit> Projects);

/// <summary>One project.</summary>
/// <param name="Name">Its folder or file, below the source folder.</param>
/// <param name="Problem">Why it could not be looked at, which is something else than no vulnerability; else null.</param>
public sealed record ProjectAudit(string Name, string Ecosystem, string? Problem, IReadOnlyList<Vulnerability> Vulnerabilities)
{
    internal static ProjectAudit NotChecked(string name, string ecosystem, string problem) => new(name, ecosystem, problem, []);
}

/// <summary>A known vulnerability of an installed package.</summary>
/// <param name="Version">What is installed; several where there are several.</param>
/// <param name="Path">The packages that bring it in, the one that the project asks for first, itself last.</param>
/// <param name="Fix">How it is mended, for example <c>lodash 4.17.21</c>; empty where there is no fixed version, null where that isn't known.</param>
public sealed record Vulnerability(string Package, string Version, VulnerabilitySeverity Severity, string? Title, string? Url, IReadOnlyList<string> Path, string? Fix);
