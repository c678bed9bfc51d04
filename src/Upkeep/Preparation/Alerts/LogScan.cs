using System.Text;
using NodaTime;
using Upkeep.LogReading;

namespace Upkeep.Preparation.Alerts;

/// <summary>Counts the error and critical lines of one day in one log, as a stream: memory does not grow with the file.</summary>
internal sealed class LogScan(DateTimeZone zone, LocalDate today)
{
    private const long ProgressEvery = 4L << 20;

    private readonly LevelTally _errors = new();
    private readonly LevelTally _criticals = new();
    private readonly SortedDictionary<int, (long Errors, long Criticals)> _hours = [];
    private long _otherDays;

    /// <param name="progress">Hears bytes read and the whole.</param>
    /// <param name="stop">Asked now and then: stop?</param>
    /// <returns>Null when it was stopped.</returns>
    public LogSurvey? Run(string path, Action<long, long> progress, Func<bool> stop)
    {
        using var source = new LogSource(path);
        using var lines = new LogLines(source);
        using var reader = new LogReader(lines, new TimeReader(zone, today), LogLevel.Error);
        var stopped = false;
        lines.EveryBytes(ProgressEvery, () =>
        {
            stopped |= stop();
            progress(source.BytesRead, source.Length);
            return !stopped;
        });
        reader.Begin();
        while (!stopped && reader.TryRead(out var entry))
        {
            if (entry.Level is LogLevel.Error or LogLevel.Critical)
                Count(entry.Level, entry.At == 0 ? null : Instant.FromUnixTimeMilliseconds(entry.At), Encoding.UTF8.GetString(entry.Text));
        }
        if (stopped)
            return null;
        // A shorter file under the same name is another one: ours was moved away or emptied meanwhile.
        var now = new FileInfo(path);
        return Survey(path, lines.Number, source.BytesRead, source.WasCut || !now.Exists || now.Length < source.Length);
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

    private LogSurvey Survey(string path, long lines, long bytes, bool rotated) => new()
    {
        Path = path,
        Bytes = bytes,
        Lines = lines,
        Errors = _errors.Result,
        Criticals = _criticals.Result,
        OfOtherDays = _otherDays,
        WasRotated = rotated,
        Hours = [.. _hours.Select(hour => new HourCount(hour.Key < 0 ? null : hour.Key, hour.Value.Errors, hour.Value.Criticals))],
    };
}
