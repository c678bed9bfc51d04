using System.CommandLine;
using NodaTime;
using Upkeep.Files;
using Upkeep.LogReading;
using Upkeep.Logs.Patterns;

namespace Upkeep.Cli.Verbs.Logs;

/// <summary><c>upkeep logs patterns</c>: what logs say most, grouped into templates. Needs no configuration and no database.</summary>
internal static class PatternsVerb
{
    public const int TopOfText = 25;

    public static Command Create(VerbHost host)
    {
        var files = new Argument<string[]>("FILE") { Description = "Log files: plain, gzip or zstd, in any usual format; - for the standard input.", Arity = ArgumentArity.OneOrMore };
        var options = new PatternsOptions();
        var command = new Command("patterns", "What the logs say most: messages grouped by what is constant in them, with their counts.") { files };
        options.AddTo(command);
        host.On(command, (parsed, context, cancellationToken) => Task.FromResult(Run([.. parsed.GetValue(files)!.Select(file => file == "-" ? LogOpening.StandardInput : file)], options.Read(parsed, context.Time), context, cancellationToken)));
        return command;
    }

    private static ExitStatus Run(IReadOnlyList<string> files, ChosenPatterns chosen, VerbContext context, CancellationToken cancellationToken)
    {
        foreach (var file in files)
            Require(file);
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(context.Time.LocalTimeZone.Id) ?? DateTimeZone.Utc;
        var scan = new PatternScan(chosen.Request, zone, Instant.FromDateTimeOffset(context.Time.GetUtcNow()).InZone(zone).Date);
        foreach (var file in files)
        {
            try
            {
                scan.Read(file, cancellationToken);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw new CommandException(ExitStatus.Usage, $"{file} can't be read: {problem.Message}", "Check its rights, and whether it is still there.", problem);
            }
        }
        var survey = scan.Survey;
        if (context.Output.IsJson)
            context.Output.Json(PatternsDocument.Of(survey, chosen));
        else
            PatternsText.Write(context.Output, survey, chosen, zone);
        return survey.Files.Any(file => file.Loss is not null) ? ExitStatus.Attention : ExitStatus.Success;
    }

    // All of them before the first is read: a wrong name is told at once, not after an hour.
    private static void Require(string file)
    {
        if (Directory.Exists(file))
            throw new CommandException(ExitStatus.Usage, $"{file} is a folder, not a log.", $"Name the files in it: upkeep logs patterns {Path.Join(file, "*")}");
        if (!File.Exists(file))
            throw new CommandException(ExitStatus.Usage, $"There is no file {file}.", "Check the name; several files may be named, one after the other.");
        // An open stream is given once.
        if (LogOpening.IsHeldOpen(file))
            return;
        try
        {
            using var opened = LogOpening.Open(file);
            return;
        }
        catch (IOException problem) when (FileFacts.Behind(file) is { IsRegular: false })
        {
            throw new CommandException(ExitStatus.Usage, $"{file} is a pipe, a device or a socket, not a log file.", "Read a stream as the standard input: … | upkeep logs patterns -", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitStatus.Usage, $"{file} can't be read: {problem.Message}", "Run it as somebody who may read it, for example a member of the group adm.", problem);
        }
    }
}
