using System.CommandLine;
using System.CommandLine.Parsing;
using Upkeep.Cli.Output;
using Upkeep.Configuration;
using Upkeep.Logs;
using Upkeep.Logs.Logrotate;
using Upkeep.Logs.Pruning;

namespace Upkeep.Cli.Verbs.Logs;

/// <summary><c>upkeep logs prune</c>: removes archives of logs that are too old. With files named it needs no configuration and no database.</summary>
internal static class LogPruneVerb
{
    public static Command Create(VerbHost host)
    {
        var files = new Argument<string[]>("FILE") { Description = "Logs whose archives are meant. None: those of the configuration.", Arity = ArgumentArity.ZeroOrMore };
        var folder = new Option<string?>("--folder") { Description = "Where their archives are, besides beside each log.", HelpName = "DIR" };
        var keep = new Option<TimeSpan?>("--keep") { Description = "How old one may become, by the day in its name (default: as configured, else 30 days).", HelpName = "TIME", CustomParser = Time };
        var atLeast = new Option<int?>("--keep-at-least") { Description = "So many of each log's newest stay (default: as configured, else 1).", HelpName = "N" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only says what would go." };
        var command = new Command("prune", "Removes archives of logs that are older than they are to be kept.") { files, folder, keep, atLeast, dryRun };
        atLeast.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 and var few)
                result.AddError($"--keep-at-least {few}: none can be fewer than 0.");
        });
        host.On(command, (parsed, context, cancellationToken) =>
        {
            var settings = Settings(parsed.GetValue(files) ?? [], parsed.GetValue(folder), context);
            settings = settings with { Keep = parsed.GetValue(keep) ?? settings.Keep, KeepAtLeast = parsed.GetValue(atLeast) ?? settings.KeepAtLeast };
            return RunAsync(settings, parsed.GetValue(dryRun), context, cancellationToken);
        });
        return command;
    }

    private static async Task<ExitStatus> RunAsync(LogSettings settings, bool dryRun, VerbContext context, CancellationToken cancellationToken)
    {
        var pruner = new LogPruner(LogrotateNeighbour.OfThisMachine(context.Time), context.Time);
        IReadOnlyList<ArchiveVerdict> verdicts;
        try
        {
            verdicts = pruner.Look(LogSet.WithFolders(settings), settings.Keep, settings.KeepAtLeast);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitStatus.Failed, $"The archives can't be looked at: {problem.Message}", "Run it as the folder's owner or as root.");
        }
        var going = verdicts.Where(verdict => verdict.Goes).Select(PrunedArchive.Of).ToList();
        var (removed, failed) = dryRun ? ([], []) : await pruner.RemoveAsync(going, null, () => true, cancellationToken);
        Tell(context.Output, dryRun ? going : removed, failed, verdicts.Count - going.Count, dryRun);
        if (context.Output.IsJson)
            context.Output.Json(new { Schema = 1, DryRun = dryRun, Archives = verdicts.Select(verdict => new { verdict.Archive.Path, verdict.Archive.Day, verdict.Goes, verdict.Why }), Removed = removed, Failed = failed });
        return failed.Count > 0 ? ExitStatus.Failed : ExitStatus.Success;
    }

    private static void Tell(CommandOutput output, IReadOnlyList<PrunedArchive> gone, IReadOnlyList<RemovalFailure> failed, int staying, bool dryRun)
    {
        foreach (var archive in gone)
            output.Line($"{(dryRun ? "would remove" : "removed")} {archive.Path} ({Amount.Bytes(archive.Bytes)}): {archive.Why}");
        foreach (var failure in failed)
            output.Line($"{failure.Problem.What}{(failure.Problem.Hint is { } hint ? $"\n  hint: {hint}" : "")}");
        output.Line($"{Counted.Of(gone.Count, "archive")} ({Amount.Bytes(gone.Sum(archive => archive.Bytes))}) {(dryRun ? "would go" : "gone")}, {Counted.Of(staying + failed.Count, "archive")} {(dryRun ? "would stay" : staying + failed.Count == 1 ? "stays" : "stay")}");
    }

    private static LogSettings Settings(string[] files, string? folder, VerbContext context)
    {
        if (folder is not null && !Directory.Exists(folder))
            throw new CommandException(ExitStatus.Usage, $"There is no folder {folder}.", "Name the folder that the archives are in.");
        if (files.Length > 0)
            return NamedLogs.WithArchives(new LogSettings { Files = [.. files.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Select(file => new LogFileSettings { Path = file })], Archives = folder is null ? null : Path.GetFullPath(folder) });
        var (_, configuration) = PlatformConfiguration.Load(context);
        if (configuration.Logs.Files.Count == 0)
            throw new CommandException(ExitStatus.Usage, "The configuration names no logs.", "Name them under logs: files, or on the command line.");
        return folder is null ? configuration.Logs : configuration.Logs with { Archives = Path.GetFullPath(folder) };
    }

    private static TimeSpan? Time(ArgumentResult result)
    {
        if (Durations.TryRead(result.Tokens[0].Value, out var time) && time > TimeSpan.Zero)
            return time;
        result.AddError($"'{result.Tokens[0].Value}' is no length of time. Write for example {Durations.Examples}.");
        return null;
    }
}
