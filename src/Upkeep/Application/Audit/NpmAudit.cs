using System.Text.Json;
using Upkeep.Application.Commands;
using Upkeep.Application.Copies;
using Upkeep.Application.Projects;
using Upkeep.Configuration;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Application.Audit;

/// <summary>Asks npm for known vulnerabilities of what the lock file names. Whatever isn't npm's own report (version 2) is no answer, whatever its exit status.</summary>
internal sealed class NpmAudit(CommandRunner runner, TimeSpan timeout)
{
    private const string Ecosystem = "npm";

    public async Task<ProjectAudit> LookAsync(NpmProject project, Workspace workspace, StopSignal stop, CancellationToken cancellationToken)
    {
        if (project.Ranges.Count == 0 && !project.IsWorkspace)
            return new ProjectAudit(project.Manifest, Ecosystem, null, []);
        if (project.Lock is null)
            return ProjectAudit.NotChecked(project.Manifest, Ecosystem, $"{project.Manifest} has no lock file, so nobody knows which packages it means");
        if (!project.IsNpms)
            return ProjectAudit.NotChecked(project.Manifest, Ecosystem, $"it is locked by {project.Lock}, and only npm's lock files can be audited");
        var command = new CommandSettings { Run = ["npm", "audit", "--json", "--package-lock-only"], Folder = project.Folder, Deadline = timeout };
        var answer = await runner.AskAsync(command, workspace, stop, cancellationToken);
        if (answer.Ending != CommandEnding.Ended)
            return ProjectAudit.NotChecked(project.Manifest, Ecosystem, "npm audit had no answer in time");
        try
        {
            using var json = JsonDocument.Parse(answer.Output);
            if (!IsReport(json.RootElement) || !answer.IsWhole)
                return ProjectAudit.NotChecked(project.Manifest, Ecosystem, $"npm audit failed: {SecretShapes.Clean(Why(json.RootElement) ?? answer.Error, 300)}");
            var locked = Path.Combine(Path.GetFullPath(project.Folder, workspace.Source), project.Lock);
            return new ProjectAudit(project.Manifest, Ecosystem, null, Read(json.RootElement.GetProperty("vulnerabilities"), Versions(locked), PackageWays.OfNpm(locked, project)));
        }
        catch (Exception trouble) when (trouble is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return ProjectAudit.NotChecked(project.Manifest, Ecosystem, $"npm audit did not answer with its report (status {answer.ExitCode}): {SecretShapes.Clean(answer.Output.Length > 0 ? answer.Output : answer.Error, 300)}");
        }
    }

    private static bool IsReport(JsonElement json) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty("auditReportVersion", out var version) && version.GetInt32() == 2 && !json.TryGetProperty("error", out _)
        && json.TryGetProperty("vulnerabilities", out var all) && all.ValueKind == JsonValueKind.Object && json.TryGetProperty("metadata", out var about) && about.TryGetProperty("vulnerabilities", out _);

    private static string? Why(JsonElement json) =>
        json.ValueKind != JsonValueKind.Object ? null
        : json.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString()
        : json.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? $"{Text(error, "code")} {Text(error, "summary")}" : null;

    private static IReadOnlyList<Vulnerability> Read(JsonElement all, Dictionary<string, string> versions, PackageWays ways) =>
    [
        .. from package in all.EnumerateObject()
           // What is named by its text alone is vulnerable through another, which has an entry of its own.
           from advisory in package.Value.GetProperty("via").EnumerateArray().Where(via => via.ValueKind == JsonValueKind.Object)
           select new Vulnerability(package.Name,
               string.Join(", ", package.Value.GetProperty("nodes").EnumerateArray().Select(node => versions.GetValueOrDefault(node.GetString()!)).OfType<string>().Distinct().Order(StringComparer.Ordinal)),
               Severity(Text(advisory, "severity")), Text(advisory, "title"), Text(advisory, "url"), ways.To(package.Name), Fix(package.Value.GetProperty("fixAvailable"), package.Name)),
    ];

    private static string? Fix(JsonElement fix, string package) => fix.ValueKind switch
    {
        JsonValueKind.False => "",
        JsonValueKind.Object => $"{Text(fix, "name")} {Text(fix, "version")}{(fix.TryGetProperty("isSemVerMajor", out var major) && major.ValueKind == JsonValueKind.True ? " (a new major version)" : "")}",
        _ => $"{package}, within the range asked for (npm audit fix)",
    };

    internal static VulnerabilitySeverity Severity(string? word) => word?.ToUpperInvariant() switch
    {
        "CRITICAL" => VulnerabilitySeverity.Critical,
        "HIGH" => VulnerabilitySeverity.High,
        "LOW" => VulnerabilitySeverity.Low,
        "INFO" => VulnerabilitySeverity.Info,
        // An unknown word is not taken lightly.
        "MODERATE" => VulnerabilitySeverity.Moderate,
        _ => VulnerabilitySeverity.High,
    };

    private static Dictionary<string, string> Versions(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        return !json.RootElement.TryGetProperty("packages", out var packages) ? []
            : packages.EnumerateObject().Where(one => Text(one.Value, "version") is not null).DistinctBy(one => one.Name).ToDictionary(one => one.Name, one => Text(one.Value, "version")!, StringComparer.Ordinal);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.ToString() : null;
}
