using System.CommandLine;
using System.CommandLine.Parsing;
using Upkeep.Configuration;
using Upkeep.Logs;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Cli.Verbs.Logs;

/// <summary>What <c>upkeep logs rotate</c> can be told. What is said here goes before what the configuration says of the same log.</summary>
internal sealed class RotateOptions
{
    private readonly Argument<string[]> _files = new("FILE") { Description = "Logs; * and ? in the last part of the path are patterns. None: those of the configuration.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _folder = new("--folder") { Description = "Where the archives go (default: beside each log).", HelpName = "DIR" };
    private readonly Option<ArchiveCompression> _compression = new("--compression") { Description = "How archives are compressed.", HelpName = "zstd|gzip" };
    private readonly Option<LogWay> _way = new("--way") { Description = "auto: rename where it is said how the writer reopens, else collapse. truncate is lossy.", HelpName = "auto|rename|collapse|truncate" };
    private readonly Option<ReopenSignal?> _signal = new("--reopen-signal") { Description = "The signal on which the writer opens its log anew.", HelpName = "HUP|USR1|USR2" };
    private readonly Option<string?> _pidFile = new("--pid-file") { Description = "File with the id of the process that gets the signal (default: all that write to the log).", HelpName = "FILE" };
    private readonly Option<string[]> _command = new("--reopen-command") { Description = "Program and arguments that make the writer open its log anew; no shell reads them.", HelpName = "WORD", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _unit = new("--unit") { Description = "The systemd unit that is reloaded.", HelpName = "NAME" };
    private readonly Option<TimeSpan> _wait = new("--wait") { Description = "How long the writer may take (default: 10s).", HelpName = "TIME", CustomParser = Time };
    private readonly Option<long> _minSize = new("--min-size") { Description = "Leave smaller logs as they are, for example 10MiB.", HelpName = "SIZE", CustomParser = Size };
    private readonly Option<TimeSpan> _maxAge = new("--max-age") { Description = "Rotate a log last rotated longer ago whatever its size, for example '7 days'.", HelpName = "TIME", CustomParser = Time };

    public void AddTo(Command command)
    {
        command.Add(_files);
        foreach (var option in new Option[] { _folder, _compression, _way, _signal, _pidFile, _command, _unit, _wait, _minSize, _maxAge })
            command.Add(option);
        _way.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. Enum.GetNames<LogWay>().Select(name => name.ToLowerInvariant())]);
        command.Validators.Add(Agree);
    }

    /// <exception cref="CommandException">A folder that isn't there, or no configuration where no file is named.</exception>
    public (IReadOnlyList<RotationRequest> Requests, ProgramDoor Programs) Requests(ParseResult parsed, VerbContext context)
    {
        if (parsed.GetValue(_folder) is { } folder && !Directory.Exists(folder))
            throw new CommandException(ExitStatus.Usage, $"There is no folder {folder}.", "Make it first, for the user who may read the logs: archives hold what the logs hold.");
        if (parsed.GetValue(_files) is not { Length: > 0 } files)
        {
            var (loaded, configuration) = PlatformConfiguration.Load(context);
            if (configuration.Logs.Files.Count == 0)
                throw new CommandException(ExitStatus.Usage, "The configuration names no logs.", "Name them under logs: files, or on the command line.");
            return ([.. LogSet.Of(configuration.Logs).Select(log => log.Request)], new ProgramDoor(loaded.Redactor, context.Time));
        }
        var settings = new LogSettings
        {
            Files = [.. files.Select(file => Path.GetFullPath(file)).Distinct(StringComparer.Ordinal).Select(file => Settings(file, parsed))],
            Archives = parsed.GetValue(_folder) is { } named ? Path.GetFullPath(named) : null,
            Compression = parsed.GetValue(_compression),
        };
        return ([.. LogSet.Of(NamedLogs.Matched(settings)).Select(log => log.Request)], new ProgramDoor(new Redactor([]), context.Time));
    }

    private LogFileSettings Settings(string file, ParseResult parsed) => new()
    {
        Path = file,
        Way = parsed.GetValue(_way),
        Reopen = Reopen(parsed),
        MinSize = parsed.GetValue(_minSize),
        MaxAge = parsed.GetResult(_maxAge) is null ? null : parsed.GetValue(_maxAge),
    };

    private ReopenSettings? Reopen(ParseResult parsed) => Ways(parsed.GetResult(_signal), parsed.GetResult(_command), parsed.GetResult(_unit)) == 0 ? null : new ReopenSettings
    {
        Signal = parsed.GetValue(_signal),
        PidFile = parsed.GetValue(_pidFile) is { } pid ? Path.GetFullPath(pid) : null,
        Command = parsed.GetValue(_command) ?? [],
        Unit = parsed.GetValue(_unit),
        Wait = parsed.GetResult(_wait) is null ? new ReopenSettings().Wait : parsed.GetValue(_wait),
    };

    private void Agree(CommandResult result)
    {
        var ways = Ways(result.GetResult(_signal), result.GetResult(_command), result.GetResult(_unit));
        if (ways > 1)
            result.AddError("Name one of --reopen-signal, --reopen-command and --unit.");
        if (result.GetResult(_pidFile) is not null && result.GetResult(_signal) is null)
            result.AddError("--pid-file needs --reopen-signal.");
        if (result.GetResult(_way) is { Tokens: [var way] })
        {
            if (way.Value.Equals("rename", StringComparison.OrdinalIgnoreCase) && ways == 0)
                result.AddError("--way rename needs --reopen-signal, --reopen-command or --unit: a writer that isn't told goes on writing into the renamed file.");
            if ((way.Value.Equals("collapse", StringComparison.OrdinalIgnoreCase) || way.Value.Equals("truncate", StringComparison.OrdinalIgnoreCase)) && ways > 0)
                result.AddError($"Nobody reopens a log that is rotated by {way.Value}.");
        }
    }

    private static int Ways(params SymbolResult?[] results) => results.Count(result => result is not null);

    private static long Size(ArgumentResult result)
    {
        if (ByteSizes.TryRead(result.Tokens[0].Value, out var bytes))
            return bytes;
        result.AddError($"'{result.Tokens[0].Value}' is no size. Write for example {ByteSizes.Examples}.");
        return 0;
    }

    private static TimeSpan Time(ArgumentResult result)
    {
        if (Durations.TryRead(result.Tokens[0].Value, out var time))
            return time;
        result.AddError($"'{result.Tokens[0].Value}' is no length of time. Write for example {Durations.Examples}.");
        return TimeSpan.Zero;
    }
}
