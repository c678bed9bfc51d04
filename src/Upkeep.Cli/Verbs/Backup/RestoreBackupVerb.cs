using System.CommandLine;
using Upkeep.Backups.Restoring;
using Upkeep.Cli.Output;

namespace Upkeep.Cli.Verbs.Backup;

/// <summary><c>upkeep backup restore</c>: restores a backup into a new database on the configured server. What is there stays as it is.</summary>
internal static class RestoreBackupVerb
{
    public static Command Create(VerbHost host)
    {
        var backup = ChosenBackup.Argument("A backup of the store by its name, or what pg_dump made by its path.", ArgumentArity.ExactlyOne);
        var into = new Option<string>("--into") { Description = "The database to make; there must be none of this name.", HelpName = "DATABASE", Required = true };
        var command = new Command("restore", "Restores a backup into a new database on the configured server.") { backup, into };
        host.On(command, async (parsed, context, cancellationToken) =>
        {
            await using var composition = Composition.Load(context);
            var (platform, settings) = (composition.Platform, composition.Platform.Configuration.Backup);
            var chosen = await ChosenBackup.FindAsync(platform, parsed.GetValue(backup), cancellationToken);
            var restorer = new NewDatabaseRestorer(platform.Doors.Database, platform.Doors.Programs, settings, platform.Configuration.Root, platform.Doors.Time);
            var progress = new SteppedProgress(context.Output);
            var name = parsed.GetRequiredValue(into);
            var outcome = chosen.Own is { } own
                ? await restorer.RestoreAsync(own, name, progress.Moved, cancellationToken)
                : await restorer.RestoreAsync(chosen.Path!, name, progress.Moved, cancellationToken);
            return Answer(chosen.Name, name, outcome, context.Output);
        });
        return command;
    }

    private static ExitStatus Answer(string backup, string database, IntoOutcome outcome, CommandOutput output) => outcome switch
    {
        IntoOutcome.Restored restored => Answer(backup, database, restored.Findings, output),
        IntoOutcome.NotBegun refused => throw new CommandException(ExitStatus.Usage, $"Not started: {refused.Problem.What}", refused.Problem.Hint),
        IntoOutcome.Failed failed => throw new CommandException(ExitStatus.Failed, failed.Problem.What, failed.Problem.Hint),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no exit status."),
    };

    private static ExitStatus Answer(string backup, string database, ProofFindings findings, CommandOutput output)
    {
        if (output.IsJson)
            output.Json(new { schema = 1, backup, database, holds = findings.Problems.Count == 0, problems = findings.Problems, notProven = findings.NotProven, notCovered = findings.Limits });
        foreach (var difference in findings.Problems)
            output.Line($"  wrong: {difference}");
        foreach (var open in findings.NotProven)
            output.Line($"  not proven: {open}");
        output.Line(findings.Problems.Count > 0 ? $"{backup} was restored into {database}, and what is in it is not what was backed up."
            : $"{backup} was restored into {database}{(findings.NotProven.Count == 0 ? ", row for row" : "")}.");
        return findings.Problems.Count > 0 ? ExitStatus.Failed : findings.NotProven.Count > 0 ? ExitStatus.Attention : ExitStatus.Success;
    }
}
