using Upkeep.Application.Commands;
using Upkeep.Application.Copies;
using Upkeep.Application.Dependencies;
using Upkeep.Application.Projects;
using Upkeep.Files;
using Upkeep.Http;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Application.Audit;

/// <summary>Known vulnerabilities of the packages that the platform is built from. What could not be asked is not checked, never zero.</summary>
public sealed class SecurityAuditStep : InspectStep<AuditSurvey>
{
    private readonly Workbench _bench;
    private readonly CommandRunner _runner;
    private readonly HttpDoor _http;
    private readonly Redactor _redactor;

    internal SecurityAuditStep(Workbench bench, CommandRunner runner, HttpDoor http, Redactor redactor)
    {
        _bench = bench;
        _runner = runner;
        _http = http;
        _redactor = redactor;
    }

    public override StepDefinition Definition { get; } = new()
    {
        Id = "application.security-audit", Title = "Known vulnerabilities of packages", Kind = StepKind.Inspect, Priority = 4, Deadline = TimeSpan.FromMinutes(30),
    };

    public override async Task<Check<AuditSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (ApplicationFolder.Missing(_bench.Settings) is { } missing)
            return Check.Skipped<AuditSurvey>(missing.What, missing.Hint);
        var found = ProjectFinder.In(_bench.Settings.Folder!);
        context.Raise(found.Problems.Select(ManifestFinding.Of));
        if (found.IsEmpty)
            return Check.Skipped<AuditSurvey>($"no package manager's files are in {_bench.Settings.Folder}", "Is application: folder the folder of the source?");
        if (!Directory.Exists(context.Folder))
            return Check.Looked(new AuditSurvey([]), $"would ask for known vulnerabilities of {string.Join(", ", found.Npm.Select(one => one.Manifest).Concat(found.Dotnet.Select(one => one.File)))}");
        var survey = new AuditSurvey(await LookAsync(found, context.Stop, cancellationToken));
        context.Raise(survey.Projects.SelectMany(AuditFindings.Of));
        var looked = survey.Projects.Where(project => project.Problem is null).ToList();
        if (looked.Count == 0)
            return Check.Skipped<AuditSurvey>(survey.Projects.Count > 0 ? survey.Projects[0].Problem! : $"{found.Problems[0].File} can't be read: {found.Problems[0].What}", "This is not \"no vulnerabilities\": see the findings of this step.");
        foreach (var project in looked)
        {
            foreach (var severity in Enum.GetValues<VulnerabilitySeverity>().Reverse())
                context.Before($"{severity.ToString().ToLowerInvariant()}_vulnerabilities", project.Vulnerabilities.Count(one => one.Severity == severity), "count", project.Name);
        }
        await context.WriteCsvAsync("application/vulnerabilities.csv", Table(looked), _redactor, cancellationToken);
        return Check.Looked(survey, string.Join("; ", survey.Projects.Select(Sentence)));
    }

    private async Task<IReadOnlyList<ProjectAudit>> LookAsync(FoundProjects found, StopSignal stop, CancellationToken cancellationToken)
    {
        var workspace = await _bench.OpenAsync(cancellationToken);
        var timeout = _bench.Settings.Dependencies.Timeout;
        var audits = new List<ProjectAudit>();
        foreach (var project in found.Npm)
            audits.Add(await new NpmAudit(_runner, timeout).LookAsync(project, workspace, stop, cancellationToken));
        foreach (var project in found.Dotnet)
            audits.Add(await new DotnetAudit(_runner, _http, timeout).LookAsync(project, workspace, stop, cancellationToken));
        return audits;
    }

    private static Csv Table(IReadOnlyList<ProjectAudit> projects)
    {
        var table = new Csv("project", "ecosystem", "severity", "package", "installed", "title", "brought_in_by", "fix", "advisory");
        foreach (var project in projects)
        {
            foreach (var one in project.Vulnerabilities.OrderByDescending(one => one.Severity).ThenBy(one => one.Package, StringComparer.Ordinal))
                table.Row(project.Name, project.Ecosystem, one.Severity.ToString().ToLowerInvariant(), one.Package, one.Version, one.Title, string.Join(" > ", one.Path), one.Fix switch { null => "not known", "" => "none", var fix => fix }, one.Url);
        }
        return table;
    }

    private static string Sentence(ProjectAudit project) => project.Problem is not null ? $"{project.Name}: not checked"
        : project.Vulnerabilities.Count == 0 ? $"{project.Name}: no known vulnerabilities"
        : $"{project.Name}: {string.Join(", ", project.Vulnerabilities.GroupBy(one => one.Severity).OrderByDescending(group => group.Key).Select(group => $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}"))}";
}
