using System.Collections.Frozen;

namespace Upkeep.LogReading;

/// <summary>How bad a log line says it is.</summary>
public enum LogLevel
{
    /// <summary>The line names no level: a continuation, a stack trace, or a format we don't know.</summary>
    None,
    /// <summary>Information and less.</summary>
    Other,
    Warning,
    Error,
    Critical,
}

/// <summary>The words and numbers that loggers use for a level.</summary>
internal static class LevelWords
{
    private static readonly FrozenDictionary<string, LogLevel> _words = new Dictionary<string, LogLevel>
    {
        ["critical"] = LogLevel.Critical, ["crit"] = LogLevel.Critical, ["fatal"] = LogLevel.Critical, ["ftl"] = LogLevel.Critical, ["emerg"] = LogLevel.Critical,
        ["emergency"] = LogLevel.Critical, ["alert"] = LogLevel.Critical, ["panic"] = LogLevel.Critical, ["dpanic"] = LogLevel.Critical,
        ["error"] = LogLevel.Error, ["err"] = LogLevel.Error, ["fail"] = LogLevel.Error, ["severe"] = LogLevel.Error, ["failure"] = LogLevel.Error,
        ["warning"] = LogLevel.Warning, ["warn"] = LogLevel.Warning, ["wrn"] = LogLevel.Warning, ["notice"] = LogLevel.Other, ["info"] = LogLevel.Other, ["inf"] = LogLevel.Other,
        ["information"] = LogLevel.Other, ["log"] = LogLevel.Other, ["debug"] = LogLevel.Other, ["dbg"] = LogLevel.Other, ["dbug"] = LogLevel.Other, ["trace"] = LogLevel.Other,
        ["trce"] = LogLevel.Other, ["verbose"] = LogLevel.Other, ["vrb"] = LogLevel.Other, ["fine"] = LogLevel.Other, ["statement"] = LogLevel.Other, ["detail"] = LogLevel.Other,
        ["hint"] = LogLevel.Other, ["context"] = LogLevel.Other,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, LogLevel>.AlternateLookup<ReadOnlySpan<char>> _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The level of a whole word, whatever its case; null for any other word.</summary>
    public static LogLevel? Of(ReadOnlySpan<char> word) => _lookup.TryGetValue(word, out var level) ? level : null;

    /// <summary>Every word for this level or a worse one, in small letters.</summary>
    public static IEnumerable<string> From(LogLevel least) => _words.Where(word => word.Value >= least).Select(word => word.Key);

    /// <summary>Syslog's severities (RFC 5424 6.2.1): 0 emergency, 1 alert, 2 critical, 3 error, 4 to 7 less. From 10 on: Bunyan's and pino's, 50 error, 60 fatal.</summary>
    public static LogLevel Of(double number) => number switch
    {
        >= 60 => LogLevel.Critical,
        >= 50 => LogLevel.Error,
        >= 40 => LogLevel.Warning,
        >= 10 => LogLevel.Other,
        >= 0 and <= 2 => LogLevel.Critical,
        3 => LogLevel.Error,
        4 => LogLevel.Warning,
        _ => LogLevel.Other,
    };
}
