using System.Text.Json;
using Upkeep.Application.Commands;
using Upkeep.Application.Copies;
using Upkeep.Application.Projects;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Application.Dependencies;

/// <summary>Which packages aren't the newest, and how far behind they are.</summary>
public sealed class DependenciesStep : InspectStep<DependencySurvey>
{
    private readonly Workbench _bench;
    private readonly CommandRunner _runner;
    private readonly PackageStore _packages;
    private readonly Redactor _redactor;
    private readonly TimeProvider _time;

    internal DependenciesStep(Workbench bench, CommandRunner runner, PackageStore packages, Redactor redactor, TimeProvider time)
    {
        _bench = bench;
        _runner = runner;
        _packages = packages;
        _redactor = redactor;
        _time = time;
    }

    public override StepDefinition Definition { get; } = new()
    {
        Id = "application.dependencies", Title = "Outdated packages", Kind = StepKind.Inspect, Priority = 7, Deadline = TimeSpan.FromMinutes(30),
    };

    public override async Task<Check<DependencySurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (ApplicationFolder.Missing(_bench.Settings) is { } missing)
            return Check.Skipped<DependencySurvey>(missing.What, missing.Hint);
        var found = ProjectFinder.In(_bench.Settings.Folder!);
        context.Raise(found.Problems.Select(ManifestFinding.Of));
        if (found.IsEmpty && _bench.Settings.Dependencies.Command is null)
            return Check.Skipped<DependencySurvey>($"no package manager's files are in {_bench.Settings.Folder}, and no command is configured", "Write a command that prints a JSON list of name, current, latest under application: dependencies: command.");
        if (!Directory.Exists(context.Folder))
            return Check.Looked(new DependencySurvey([]), $"would look for newer packages of {string.Join(", ", found.Npm.Select(one => one.Manifest).Concat(found.Dotnet.Select(one => one.File)))}");
        var survey = new DependencySurvey(await LookAsync(found, context, cancellationToken));
        context.Raise(survey.Projects.SelectMany(project => DependencyFindings.Of(project, _bench.Settings.Dependencies)));
        if (survey.Projects.All(project => project.Problem is not null))
            return Check.Skipped<DependencySurvey>(survey.Projects.Count > 0 ? survey.Projects[0].Problem! : $"{found.Problems[0].File} can't be read: {found.Problems[0].What}", "See the findings of this step.");
        Measure(context, survey);
        await context.WriteCsvAsync("application/dependencies.csv", Table(survey), _redactor, cancellationToken);
        return Check.Looked(survey, string.Join("; ", survey.Projects.Where(project => project.Problem is null).Select(Sentence)));
    }

    private async Task<IReadOnlyList<ProjectPackages>> LookAsync(FoundProjects found, StepContext context, CancellationToken cancellationToken)
    {
        var workspace = await _bench.OpenAsync(cancellationToken);
        var answers = new List<AdapterAnswer>();
        foreach (var project in found.Npm)
            answers.Add(await new NpmPackages(_bench, _runner, _packages).LookAsync(project, workspace, context.Stop, cancellationToken));
        foreach (var project in found.Dotnet)
            answers.Add(await new DotnetPackages(_runner, _bench.Settings.Dependencies.Timeout).LookAsync(project, workspace, context.Stop, cancellationToken));
        if (_bench.Settings.Dependencies.Command is { } command)
            answers.Add(Own(await _runner.AskAsync(command, workspace, context.Stop, cancellationToken), command.Run[0]));
        context.Raise(answers.SelectMany(answer => answer.Findings));
        return [.. answers.Select(answer => answer.Packages)];
    }

    private static AdapterAnswer Own(ToolAnswer answer, string name)
    {
        if (answer.Ending != CommandEnding.Ended || answer.ExitCode != 0 || !answer.IsWhole)
            return AdapterAnswer.NotChecked(name, "own", answer.Ending == CommandEnding.Ended ? $"{name} ended with status {answer.ExitCode}: {answer.Error}" : $"{name} had no answer in time");
        try
        {
            using var json = JsonDocument.Parse(answer.Output);
            string Text(JsonElement one, string key) => one.GetProperty(key).GetString()!;
            return new AdapterAnswer(new ProjectPackages(name, "own", null, [.. json.RootElement.EnumerateArray().Where(one => Text(one, "current") != Text(one, "latest")).Select(one => Versions.Outdated(Text(one, "name"), Text(one, "current"), Text(one, "latest"), null, null))]), []);
        }
        catch (Exception trouble) when (trouble is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return AdapterAnswer.NotChecked(name, "own", $"{name} did not print a JSON list of objects with name, current, latest: {trouble.Message}");
        }
    }

    private static void Measure(StepContext context, DependencySurvey survey)
    {
        foreach (var project in survey.Projects.Where(project => project.Problem is null))
        {
            foreach (var distance in new[] { Distance.Major, Distance.Minor, Distance.Patch })
                context.Before($"{distance.ToString().ToLowerInvariant()}_behind", project.Packages.Count(one => one.Behind == distance && one.Direct != false), "count", project.Name);
            context.Before("brought_in_behind", project.Packages.Count(one => one.Direct == false), "count", project.Name);
        }
    }

    private Csv Table(DependencySurvey survey)
    {
        var table = new Csv("project", "ecosystem", "package", "installed", "newest", "behind", "direct", "pinned", "published", "age_days");
        foreach (var project in survey.Projects)
        {
            foreach (var one in project.Packages.OrderByDescending(one => one.Direct).ThenByDescending(one => one.Behind).ThenBy(one => one.Name, StringComparer.Ordinal))
                table.Row(project.Name, project.Ecosystem, one.Name, one.Current, one.Latest, one.Behind.ToString().ToLowerInvariant(), one.Direct, one.Pinned, one.Published, one.Published is { } at ? (int)(_time.GetUtcNow() - at).TotalDays : null);
        }
        return table;
    }

    private static string Sentence(ProjectPackages project)
    {
        var direct = project.Packages.Where(one => one.Direct != false).ToList();
        int Of(Distance distance) => direct.Count(one => one.Behind == distance);
        var oldest = direct.Where(one => one.Published is not null).MinBy(one => one.Published);
        return $"{project.Name}: {Counted.Of(direct.Count, "package")} behind (major {Of(Distance.Major)}, minor {Of(Distance.Minor)}, patch {Of(Distance.Patch)}), {project.Packages.Count - direct.Count} brought in by others"
            + (oldest is null ? "" : $", the oldest {oldest.Name} of {oldest.Published:yyyy-MM-dd}");
    }
}
