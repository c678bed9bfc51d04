using System.Text.Json;
using Upkeep.Application.Commands;
using Upkeep.Application.Copies;
using Upkeep.Application.Projects;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Application.Dependencies;

/// <summary>Asks dotnet which packages aren't the newest, after restoring them in the copy.</summary>
internal sealed class DotnetPackages(CommandRunner runner, TimeSpan timeout)
{
    private const string Ecosystem = "NuGet";

    // NU1004: the lock file isn't what the project asks for.
    private const string OutOfStep = "NU1004";

    public async Task<AdapterAnswer> LookAsync(DotnetProject project, Workspace workspace, StopSignal stop, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        if (!project.HasLock)
            findings.Add(new Finding(Severity.Info, "lock-missing", $"{project.File} has no packages.lock.json: each restore may get other versions.", project.File, "Set RestorePackagesWithLockFile in Directory.Build.props and commit the lock files."));
        if (await RestoreAsync(project, workspace, stop, cancellationToken) is { } problem)
        {
            if (problem.Contains(OutOfStep, StringComparison.Ordinal))
                findings.Add(new Finding(Severity.Warning, "lock-out-of-step", $"A lock file of {project.File} is not what the project asks for: {problem}", project.File, "Write it anew and commit it: dotnet restore --force-evaluate"));
            return AdapterAnswer.NotChecked(project.File, Ecosystem, problem, findings);
        }
        var answer = await runner.AskAsync(DotnetList.Command(project, timeout, "--outdated"), workspace, stop, cancellationToken);
        var (packages, trouble) = DotnetList.Read(answer, package => Of(package.Json, package.Direct));
        return trouble is not null ? AdapterAnswer.NotChecked(project.File, Ecosystem, trouble, findings)
            : new AdapterAnswer(new ProjectPackages(project.File, Ecosystem, null, [.. packages.OfType<OutdatedPackage>().DistinctBy(one => (one.Name, one.Current, one.Direct))]), findings);
    }

    /// <returns>Why it failed; null where it is done.</returns>
    public async Task<string?> RestoreAsync(DotnetProject project, Workspace workspace, StopSignal stop, CancellationToken cancellationToken)
    {
        if (!workspace.Restored.Add(project.File))
            return null;
        var command = new CommandSettings { Run = ["dotnet", "restore", Path.GetFileName(project.File), .. project.HasLock ? new[] { "--locked-mode" } : [],
            // Its own audit fails the restore where warnings are errors.
            "-p:NuGetAudit=false"], Folder = project.Folder, Deadline = TimeSpan.FromMinutes(10) };
        var outcome = await runner.RunAsync(command, workspace, stop, cancellationToken);
        if (outcome.Passed)
            return null;
        workspace.Restored.Remove(project.File);
        return $"dotnet restore {Told.Ending(outcome, command.Deadline)}: {OutputText.Last(string.Join('\n', outcome.Output.Split('\n').Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)).Distinct().Take(2)), 2)}";
    }

    private static OutdatedPackage? Of(JsonElement json, bool direct)
    {
        var (name, current, latest) = (json.GetProperty("id").GetString()!, json.GetProperty("resolvedVersion").GetString()!, json.TryGetProperty("latestVersion", out var newest) ? newest.GetString() : null);
        // "Not found at the sources": nobody knows a newer one.
        return latest is null || !char.IsAsciiDigit(latest.FirstOrDefault()) ? null
            : Versions.Outdated(name, current, latest, direct, direct && json.TryGetProperty("requestedVersion", out var asked) ? asked.GetString() is { } range && range.StartsWith('[') && range.EndsWith(']') && !range.Contains(',', StringComparison.Ordinal) : null);
    }
}
