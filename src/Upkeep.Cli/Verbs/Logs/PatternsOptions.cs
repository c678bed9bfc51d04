using System.CommandLine;
using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Logs.Patterns;
using Upkeep.LogReading;

namespace Upkeep.Cli.Verbs.Logs;

/// <param name="Top">How many templates are shown; null for all.</param>
/// <param name="SinceIsAhead">Whether the time from which lines are wanted hasn't come yet.</param>
internal sealed record ChosenPatterns(PatternRequest Request, int? Top, bool SinceIsAhead);

/// <summary>The options of <c>upkeep logs patterns</c>.</summary>
internal sealed class PatternsOptions
{
    private readonly Option<string?> _since = new("--since") { Description = "Only lines from here on: a date, a time (2026-11-22T01:00), or an age (7 days, 12h).", HelpName = "TIME" };
    private readonly Option<string?> _level = new("--level") { Description = "The least level that counts: critical, error (the default), warning or info.", HelpName = "LEVEL" };
    private readonly Option<string?> _top = new("--top") { Description = $"Show the N most frequent (default: {PatternsVerb.TopOfText} as text, all as JSON).", HelpName = "N" };
    private readonly Option<bool> _allLevels = new("--all-levels") { Description = "Every line, whatever its level." };
    private readonly Option<bool> _lines = new("--lines") { Description = "With --format json: the numbers of all lines of each template." };

    public void AddTo(Command command)
    {
        command.Options.Add(_since);
        command.Options.Add(_level);
        command.Options.Add(_top);
        command.Options.Add(_allLevels);
        command.Options.Add(_lines);
    }

    /// <exception cref="CommandException">A value can't be meant (exit status 2).</exception>
    public ChosenPatterns Read(ParseResult parsed, TimeProvider time)
    {
        var (level, all) = (parsed.GetValue(_level), parsed.GetValue(_allLevels));
        if (level is not null && all)
            throw new CommandException(ExitStatus.Usage, $"--level {level} and --all-levels contradict each other.", "Leave one of them out.");
        LogLevel? least = all ? null : level is null ? LogLevel.Error : LevelOf(level);
        var since = parsed.GetValue(_since) is { } text ? SinceOf(text, time) : (DateTimeOffset?)null;
        return new ChosenPatterns(new PatternRequest(least, since, parsed.GetValue(_lines)) { TakesStreams = true }, parsed.GetValue(_top) is { } top ? TopOf(top) : null, since > time.GetUtcNow());
    }

    private static LogLevel LevelOf(string text) => text.ToLowerInvariant() switch
    {
        "critical" or "fatal" => LogLevel.Critical,
        "error" => LogLevel.Error,
        "warning" or "warn" => LogLevel.Warning,
        "info" or "debug" => LogLevel.Other,
        _ => throw new CommandException(ExitStatus.Usage, $"--level {text}: there is no such level.", "Write critical, error, warning or info."),
    };

    private static int TopOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var top) && top > 0 ? top
        : throw new CommandException(ExitStatus.Usage, $"--top {text}: a whole number above 0 is needed.", "For example: --top 10");

    private static DateTimeOffset SinceOf(string text, TimeProvider time)
    {
        if (Durations.TryRead(text, out var age))
            return time.GetUtcNow() - age;
        string[] formats = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss"];
        if (DateTime.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return new DateTimeOffset(local, time.LocalTimeZone.GetUtcOffset(local));
        string[] withOffset = ["yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];
        return DateTimeOffset.TryParseExact(text, withOffset, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant) ? instant
            : throw new CommandException(ExitStatus.Usage, $"--since {text}: no time is written like this.", "Write a date (2026-11-22), a time (2026-11-22T01:00, with Z or an offset where it isn't local), or an age (7 days).");
    }
}
