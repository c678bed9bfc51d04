using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NodaTime;
using Upkeep.Files;
using Upkeep.Logs.Reading;

namespace Upkeep.Preparation.Alerts;

/// <summary>Counts the error and critical lines of one day in one log, as a stream: memory does not grow with the file.</summary>
internal sealed partial class LogScan(DateTimeZone zone, LocalDate today)
{
    // The level stands in the head of a line; reading on would only find other people's words.
    private const int HeadLength = 512;
    private const long ProgressEvery = 4L << 20;

    private readonly LogTime _time = new(zone, today);
    private readonly LevelTally _errors = new();
    private readonly LevelTally _criticals = new();
    private readonly SortedDictionary<int, (long Errors, long Criticals)> _hours = [];
    private readonly char[] _head = new char[HeadLength];
    private long _lines;
    private long _otherDays;

    /// <param name="progress">Hears bytes read and the whole.</param>
    /// <param name="stop">Asked now and then: stop?</param>
    /// <returns>Null when it was stopped.</returns>
    public LogSurvey? Run(string path, Action<long, long> progress, Func<bool> stop)
    {
        using var reader = new LineReader(path);
        var next = ProgressEvery;
        while (reader.TryRead(out var line))
        {
            _lines++;
            Take(line);
            if (reader.BytesRead < next)
                continue;
            if (stop())
                return null;
            progress(reader.BytesRead, reader.Length);
            next += ProgressEvery;
        }
        // A shorter file under the same name is another one: ours was moved away or emptied meanwhile.
        var now = new FileInfo(path);
        return Survey(path, reader.BytesRead, reader.WasCut || !now.Exists || now.Length < reader.BytesRead);
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        var level = LogLevel.None;
        Instant? at = null;
        string? message = null;
        if (line.TrimStart((byte)' ') is [(byte)'{', ..] && JsonLine.Read(line) is { } json)
            (level, at, message) = (json.Level, JsonTime(json.Time), json.Message);
        else
            level = PlainLine.Level(Head(line));
        if (level is not (LogLevel.Error or LogLevel.Critical))
            return;
        at ??= _time.Read(Head(line));
        Count(level, at, message ?? Encoding.UTF8.GetString(line));
    }

    private void Count(LogLevel level, Instant? at, string message)
    {
        var local = at?.InZone(zone);
        if (local is { } dated && dated.Date != today)
        {
            _otherDays++;
            return;
        }
        (level == LogLevel.Critical ? _criticals : _errors).Add(local?.ToDateTimeOffset(), message);
        var hour = local?.Hour ?? -1;
        var (errors, criticals) = _hours.GetValueOrDefault(hour);
        _hours[hour] = level == LogLevel.Critical ? (errors, criticals + 1) : (errors + 1, criticals);
    }

    // Level words and stamps are ASCII: Latin-1 never fails and keeps the places.
    private ReadOnlySpan<char> Head(ReadOnlySpan<byte> line)
    {
        var length = Encoding.Latin1.GetChars(line[..Math.Min(HeadLength, line.Length)], _head);
        var head = _head.AsSpan(0, length);
        return head.Contains('\e') ? Colours().Replace(head.ToString(), "") : head;
    }

    private Instant? JsonTime(string? text) => text is null ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? LogTime.FromEpoch(number)
        : _time.Read(text);

    private LogSurvey Survey(string path, long bytes, bool rotated) => new()
    {
        Path = path,
        Bytes = bytes,
        Lines = _lines,
        Errors = _errors.Result,
        Criticals = _criticals.Result,
        OfOtherDays = _otherDays,
        WasRotated = rotated,
        Hours = [.. _hours.Select(hour => new HourCount(hour.Key < 0 ? null : hour.Key, hour.Value.Errors, hour.Value.Criticals))],
    };

    [GeneratedRegex(@"\e\[[0-9;]*m", RegexOptions.CultureInvariant)]
    private static partial Regex Colours();
}
