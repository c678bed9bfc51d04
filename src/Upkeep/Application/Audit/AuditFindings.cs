using Upkeep.Journal;

namespace Upkeep.Application.Audit;

/// <summary>What a reader should know of vulnerabilities: each that is critical or high by itself, the others together.</summary>
internal static class AuditFindings
{
    private const int MostNames = 8;

    public static IEnumerable<Finding> Of(ProjectAudit project)
    {
        if (project.Problem is { } problem)
        {
            yield return new Finding(Severity.Warning, "audit" + Finding.NotCheckedSuffix, $"Not checked: known vulnerabilities of {project.Name}, because {problem}", project.Name, "This is not \"no vulnerabilities\". Mend it, and run: upkeep run --only application.security-audit --ignore-window");
            yield break;
        }
        foreach (var one in project.Vulnerabilities.Where(one => one.Severity >= VulnerabilitySeverity.High).OrderByDescending(one => one.Severity))
        {
            var critical = one.Severity == VulnerabilitySeverity.Critical;
            yield return new Finding(critical ? Severity.Critical : Severity.Warning, critical ? "vulnerability-critical" : "vulnerability-high",
                $"{project.Name}: {one.Package} {one.Version} has a {(critical ? "critical" : "high")} vulnerability{(one.Title is null ? "" : $": {one.Title}")}{(one.Path.Count > 1 ? $" (brought in by {string.Join(" > ", one.Path)})" : "")}. {(one.Url is null ? "" : one.Url)}".TrimEnd(), one.Package, FixHint(one));
        }
        foreach (var (severity, word) in new[] { (VulnerabilitySeverity.Moderate, "moderate"), (VulnerabilitySeverity.Low, "low") })
        {
            var some = project.Vulnerabilities.Where(one => severity == VulnerabilitySeverity.Moderate ? one.Severity == severity : one.Severity <= severity).ToList();
            if (some.Count > 0)
                yield return new Finding(severity == VulnerabilitySeverity.Moderate ? Severity.Warning : Severity.Info, $"vulnerabilities-{word}", $"{project.Name}: {Counted.Of(some.Count, $"{word} vulnerability", $"{word} vulnerabilities")}, in {string.Join(", ", some.Select(one => one.Package).Distinct().Take(MostNames))}.", project.Name, "application/vulnerabilities.csv has each, with the way that it came in and its fix.");
        }
    }

    private static string FixHint(Vulnerability one) => one.Fix switch
    {
        null => "Whether there is a fixed version isn't known: read the advisory.",
        "" => "There is no fixed version yet: read the advisory, and go without what it needs.",
        var fix => $"Fixed by {fix}.",
    };
}
