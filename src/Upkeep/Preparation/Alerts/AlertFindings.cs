using System.Globalization;
using Upkeep.Http;
using Upkeep.Journal;

namespace Upkeep.Preparation.Alerts;

/// <summary>What the log and the alerts mean for the run: pure.</summary>
internal static class AlertFindings
{
    private const int AlertsNamed = 5;

    /// <summary>Each reason not to start; none where there is none.</summary>
    public static IReadOnlyList<string> Refusals(AlertsSurvey survey, int maxCriticalLines)
    {
        var reasons = new List<string>();
        if (survey.Log is { } log && log.Criticals.Count > maxCriticalLines)
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(log.Criticals.Count, "critical line")} in today's log {log.Path}, {maxCriticalLines} are allowed"));
        var critical = survey.Firing?.Where(alert => alert.IsCritical).ToList() ?? [];
        if (critical.Count > 0)
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(critical.Count, "critical alert is", "critical alerts are")} open: {string.Join(", ", critical.Take(AlertsNamed).Select(Named))}"));
        return reasons;
    }

    public static IEnumerable<Finding> Of(AlertsSurvey survey, string? alertmanagerHint)
    {
        if (survey.LogNotChecked is { } reason)
            yield return new Finding(Severity.Info, "log-not-checked", $"Not checked: the application's log, because {reason}.", null, "Check logs.application; {date} stands for today.");
        if (survey.Log is { } log)
        {
            foreach (var finding in OfLog(log))
                yield return finding;
        }
        if (survey.Firing is null)
            yield return new Finding(alertmanagerHint is null ? Severity.Info : Severity.Warning, "alerts-not-checked", $"Not checked: open alerts, because {survey.FiringNotChecked}.", null, alertmanagerHint);
        foreach (var alert in survey.Firing ?? [])
            yield return new Finding(alert.IsCritical ? Severity.Critical : Severity.Warning, "alert-firing", $"{Named(alert)} fires since {Instant(alert.Since)}: {alert.Summary}", alert.Name);
    }

    private static IEnumerable<Finding> OfLog(LogSurvey log)
    {
        if (log.Criticals.Count > 0)
            yield return Level(Severity.Critical, "critical-lines", "critical", log.Criticals, log.Path);
        if (log.Errors.Count > 0)
            yield return Level(Severity.Warning, "error-lines", "error", log.Errors, log.Path);
        if (log.WasRotated)
            yield return new Finding(Severity.Info, "log-rotated", $"{log.Path} was rotated while it was read; what was cut off or written to the new file since is not counted.", log.Path);
    }

    private static Finding Level(Severity severity, string code, string word, LevelCount count, string path) => new(severity, code,
        string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(count.Count, $"{word} line")} today, from {Instant(count.First)} to {Instant(count.Last)}; for example: {count.Samples[0]}"), path,
        "Find out what they tell of; preparation/alerts.json in the run's folder holds more of them.");

    private static string Named(FiringAlert alert) => alert.Instance is { } instance ? $"{alert.Name} ({instance})" : alert.Name;

    private static string Instant(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture) ?? "an unknown time";
}
