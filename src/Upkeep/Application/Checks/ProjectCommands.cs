using Upkeep.Application.Commands;
using Upkeep.Application.Copies;
using Upkeep.Application.Dependencies;
using Upkeep.Application.Projects;
using Upkeep.Application.ToolReports;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Application.Checks;

/// <summary>What a check's commands came to: runs, or why there are none.</summary>
/// <param name="Skip">Why nothing could be looked at; else null.</param>
/// <param name="Failed">What the first command that didn't pass did; null where all passed.</param>
internal sealed record CheckOutcome(Problem? Skip, Problem? Failed, IReadOnlyList<CheckRun> Runs, string Summary);

/// <summary>Runs the project's own commands of one check, and writes down what they said.</summary>
internal sealed class ProjectCommands(Workbench bench, CommandRunner runner, PackageStore packages, Redactor redactor)
{
    private const int LastLines = 4;

    private ApplicationSettings Settings => bench.Settings;

    /// <param name="before">Is done in the copy before each command, and <paramref name="after"/> after each that passed.</param>
    public async Task<CheckOutcome> RunAsync(CheckKind kind, StepContext context, Action<CommandSettings, Workspace> before, Func<CommandSettings, Workspace, Task> after, CancellationToken cancellationToken)
    {
        if (ApplicationFolder.Missing(Settings) is { } missing)
            return Skipped(missing);
        var found = ProjectFinder.In(Settings.Folder!);
        var commands = kind.Commands(Settings, found);
        if (commands.Count == 0)
        {
            return Skipped(found.Problems.Count > 0 ? new Problem($"{found.Problems[0].File} can't be read, so no command was found: {found.Problems[0].What}", "Mend the file, or write the command.")
                : new Problem($"no command is configured, and {Settings.Folder} has none by its usual name", $"Write it under application: {(kind.Key == "build" ? "build: command" : kind.Key)}: run: [program, argument]."));
        }
        // A project that can't be read has no command here, and is not passed by the others.
        context.Raise(found.Problems.Select(ManifestFinding.Of));
        if (!Directory.Exists(context.Folder))
            return new CheckOutcome(null, null, [], $"would run {string.Join(" and ", commands.Select(command => OutputText.Clean(Typed(command), redactor)))} on a clean copy of {Settings.Folder}");
        if (commands.FirstOrDefault(command => !IsThere(command)) is { } absent)
            return Skipped(new Problem($"the program {absent.Run[0]} isn't installed here, or not on the PATH of the user that upkeep runs as", $"Install it, or write its whole path under application: {kind.Key}: run."));
        var workspace = await bench.OpenAsync(cancellationToken);
        if (workspace.Left.Count > 0)
            context.Raise(Severity.Info, "application-copy-incomplete", $"{Counted.Of(workspace.Left.Count, "entry", "entries")} of the source folder were left out of the copy, because they are links that lead elsewhere or can't be read: {string.Join(", ", workspace.Left.Take(5))}.");
        var runs = new List<CheckRun>();
        Problem? failed = null, unplaced = null;
        foreach (var command in commands)
        {
            if (found.Npm.FirstOrDefault(project => project.Folder == Folder(command)) is { } project && await packages.RestoreAsync(project, workspace, context.Stop, cancellationToken) is { } problem)
            {
                unplaced ??= problem;
                context.Raise(Severity.Warning, kind.Key + Finding.NotCheckedSuffix, $"Not checked: {OutputText.Clean(Typed(command), redactor)} in {Folder(command)}, because {problem.What}", Folder(command), problem.Hint);
                continue;
            }
            before(command, workspace);
            var (run, why) = await OneAsync(kind, command, workspace, context, runs.Count, cancellationToken);
            runs.Add(run);
            failed ??= why;
            if (run.Passed)
                await after(command, workspace);
        }
        return runs.Count == 0 && unplaced is not null ? Skipped(unplaced) : new CheckOutcome(null, failed, runs, string.Join("; ", runs.Select(Sentence)));
    }

    private async Task<(CheckRun Run, Problem? Why)> OneAsync(CheckKind kind, CommandSettings command, Workspace workspace, StepContext context, int number, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(command.Folder, workspace.Source);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder {command.Folder} in {Settings.Folder}, where {Typed(command)} is to run.");
        // An old report must not speak for this run.
        foreach (var old in command.Report is null ? [] : ToolReport.Files(folder, command.Report))
            File.Delete(old);
        var outcome = await runner.RunAsync(command, workspace, context.Stop, cancellationToken);
        var name = number == 0 ? kind.Key : $"{kind.Key}-{number + 1}";
        await context.WriteAsync($"application/{name}.txt", "text/plain", $"$ {OutputText.Clean(Typed(command), redactor)}\n{outcome.Output}\n# {(outcome.Passed ? "passed" : Told.Ending(outcome, command.Deadline))}\n", cancellationToken);
        ToolCounts? counts = null;
        if (command.Report is { } report && outcome.Ending == CommandEnding.Ended)
        {
            (counts, var problem) = ToolReport.Read(folder, report);
            if (problem is not null)
                context.Raise(Severity.Warning, "tool-report" + Finding.NotCheckedSuffix, $"Not checked: how many {kind.Key} passed, because {OutputText.Clean(problem, redactor)}", OutputText.Clean(Typed(command), redactor), "Let the tool write its report there, and correct report: format and path.");
            counts = counts is null ? null : counts with { Names = [.. counts.Names.Select(one => OutputText.Clean(one, redactor))] };
        }
        var run = new CheckRun(OutputText.Clean(Typed(command), redactor), Folder(command), outcome.Ending, outcome.ExitCode, Math.Round(outcome.Took.TotalSeconds, 1), counts);
        CheckMeasures.Take(context, kind, run, outcome);
        context.Raise(CheckFindings.Of(kind, run));
        if (run.Passed)
            return (run, null);
        var said = OutputText.Last(outcome.Output, LastLines);
        var failures = counts is { Failed: > 0 } ? $" ({Counted.Of(counts.Failed, "failure")} of {counts.Total:N0})" : "";
        return (run, new Problem($"{run.Command} {Told.Ending(outcome, command.Deadline)}{failures}{(said.Length > 0 ? $": {said}" : "")}",
            Told.Hint(outcome, run.Command, kind.Id) ?? $"What it printed is in application/{name}.txt of the run's folder. Run it there where the source is."));
    }

    private static CheckOutcome Skipped(Problem problem) => new(problem, null, [], problem.What);

    private static string Sentence(CheckRun run) =>
        $"{run.Command}{(run.Folder == "." ? "" : $" in {run.Folder}")} passed in {Amount.Duration(TimeSpan.FromSeconds(run.Seconds))}{(run.Counts is { } counts ? $" ({counts.Passed:N0} of {counts.Total:N0})" : "")}";

    internal static string Typed(CommandSettings command) => string.Join(' ', command.Run);

    internal static string Folder(CommandSettings command) => Path.GetRelativePath("/", Path.GetFullPath(command.Folder, "/")) is var folder && folder.Length > 0 ? folder : ".";

    private static bool IsThere(CommandSettings command)
    {
        var program = command.Run[0];
        if (program.Contains('/', StringComparison.Ordinal))
            // Below the source folder it may be made by the packages.
            return !Path.IsPathRooted(program) || File.Exists(program);
        return SearchPath.Find(program) is not null;
    }
}
