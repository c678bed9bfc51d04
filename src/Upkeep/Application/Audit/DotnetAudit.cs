using System.Text.Json;
using Upkeep.Application.Commands;
using Upkeep.Application.Copies;
using Upkeep.Application.Dependencies;
using Upkeep.Application.Projects;
using Upkeep.Http;
using Upkeep.Running;

namespace Upkeep.Application.Audit;

/// <summary>Asks dotnet for known vulnerabilities, and believes that there are none only where a source knows of any.</summary>
internal sealed class DotnetAudit(CommandRunner runner, HttpDoor http, TimeSpan timeout)
{
    private const string Ecosystem = "NuGet";

    public async Task<ProjectAudit> LookAsync(DotnetProject project, Workspace workspace, StopSignal stop, CancellationToken cancellationToken)
    {
        if (await new DotnetPackages(runner, timeout).RestoreAsync(project, workspace, stop, cancellationToken) is { } problem)
            return ProjectAudit.NotChecked(project.File, Ecosystem, problem);
        var answer = await runner.AskAsync(DotnetList.Command(project, timeout, "--vulnerable"), workspace, stop, cancellationToken);
        var (packages, trouble) = DotnetList.Read(answer, package => (package.Json.Clone(), package.Direct));
        if (trouble is not null)
            return ProjectAudit.NotChecked(project.File, Ecosystem, trouble);
        var index = new VulnerabilityIndex(http, timeout);
        if (await index.ReadAsync(Sources(answer.Output), cancellationToken) is { } unknown)
            return ProjectAudit.NotChecked(project.File, Ecosystem, unknown);
        var ways = PackageWays.Of(Path.GetFullPath(project.Folder, workspace.Source));
        return new ProjectAudit(project.File, Ecosystem, null,
        [
            .. from package in packages
               where package.Item1.TryGetProperty("vulnerabilities", out _)
               let name = package.Item1.GetProperty("id").GetString()!
               let version = package.Item1.GetProperty("resolvedVersion").GetString()!
               from one in package.Item1.GetProperty("vulnerabilities").EnumerateArray()
               let url = one.GetProperty("advisoryurl").GetString()!
               group (name, version, one, url, package.Direct) by (name, version, url) into same
               let first = same.First()
               select new Vulnerability(first.name, first.version, NpmAudit.Severity(first.one.GetProperty("severity").GetString()), null, first.url,
                   first.Direct ? [first.name] : ways.To(first.name), index.FixOf(first.name, first.url, first.version)),
        ]);
    }

    private static List<string> Sources(string output)
    {
        using var json = JsonDocument.Parse(output);
        return json.RootElement.TryGetProperty("sources", out var sources) ? [.. sources.EnumerateArray().Select(source => source.GetString()!)] : [];
    }
}
