using System.Globalization;
using System.Text.RegularExpressions;

namespace Upkeep.Logs.Logrotate;

/// <summary>logrotate on the same machine: which logs are its too, and that the two don't work at the same moment.</summary>
/// <param name="configuration">Its main configuration file.</param>
/// <param name="states">Where it may keep its state, the usual place first.</param>
public sealed partial class LogrotateNeighbour(string configuration, IReadOnlyList<string> states, TimeProvider time)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _betweenTries = TimeSpan.FromMilliseconds(50);

    /// <summary>The one of this machine.</summary>
    public static LogrotateNeighbour OfThisMachine(TimeProvider time) => new("/etc/logrotate.conf", ["/var/lib/logrotate/status", "/var/lib/logrotate.status", "/var/lib/logrotate/logrotate.status"], time);

    /// <summary>What of logrotate is about a log; null where nothing is.</summary>
    public LogrotateClaim? Of(string log)
    {
        var named = LogrotateConfiguration.Read(configuration).FirstOrDefault(pattern => pattern.Matches(log));
        var state = states.FirstOrDefault(File.Exists);
        var last = state is null ? null : LastRotated(state, log);
        return named is null && last is null ? null : new LogrotateClaim(named is null ? null : string.Create(CultureInfo.InvariantCulture, $"{named.File}:{named.Line}"), named?.Pattern, state, last);
    }

    /// <summary>Waits until logrotate doesn't work, and keeps it from beginning: it locks its state file while it works, and so do we.</summary>
    /// <returns>What holds the lock until it is disposed; null where there is no state file, or it isn't ours to open.</returns>
    /// <exception cref="IOException">It worked for too long.</exception>
    public async Task<IDisposable?> HoldAsync(CancellationToken cancellationToken)
    {
        if (states.FirstOrDefault(File.Exists) is not { } state)
            return null;
        for (var since = time.GetTimestamp(); ; await Task.Delay(_betweenTries, time, cancellationToken))
        {
            try
            {
                return new FileStream(state, FileMode.Open, FileAccess.Read, FileShare.None);
            }
            catch (UnauthorizedAccessException)
            {
                return null;
            }
            catch (IOException) when (File.Exists(state) && time.GetElapsedTime(since) < _patience)
            {
                // It is at work.
            }
        }
    }

    private static DateOnly? LastRotated(string state, string log)
    {
        try
        {
            return File.ReadLines(state).Select(line => StateLine().Match(line)).Where(match => match.Success && match.Groups["path"].Value.Replace("\\", "", StringComparison.Ordinal) == log)
                .Select(match => DateOnly.TryParseExact(match.Groups["day"].Value, "yyyy-M-d", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : (DateOnly?)null).FirstOrDefault();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^""(?<path>[^""]+)""\s+(?<day>[0-9]+-[0-9]+-[0-9]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex StateLine();
}

/// <summary>That logrotate rotates a log.</summary>
/// <param name="Place">File and line that name it; null where only the state remembers it.</param>
/// <param name="Last">The day on which logrotate says to have rotated it last.</param>
public sealed record LogrotateClaim(string? Place, string? Pattern, string? State, DateOnly? Last)
{
    /// <summary>For messages.</summary>
    public string Words => Place is not null
        ? $"logrotate rotates it too ({Place} names {Pattern}){(Last is { } day ? $", last on {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "")}"
        : $"logrotate rotated it on {Last?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} ({State} says so, no configuration of the system names it now)";
}
