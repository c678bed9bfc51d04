using System.Globalization;
using NodaTime;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Http;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Preparation.Alerts;

/// <summary><c>preparation.alerts</c>: what today's log and the Alertmanager cry for. Open critical alerts are a no-go unless allowed.</summary>
public sealed class AlertsStep(UpkeepConfiguration configuration, HttpDoor http, Redactor redactor, TimeProvider time) : InspectStep<AlertsSurvey>
{
    private readonly AlertSettings _settings = configuration.Alerts;

    public override StepDefinition Definition { get; } = new()
    {
        Id = "preparation.alerts",
        Title = "Errors of the day and open alerts",
        Kind = StepKind.Inspect,
        Priority = 1,
        BeforeWindow = true,
        IsGate = true,
        Deadline = TimeSpan.FromMinutes(15),
    };

    public override async Task<Check<AlertsSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (log, notRead) = ReadLog(context);
        var firing = _settings.Alertmanager is { } url ? await new Alertmanager(http, url).FiringAsync(cancellationToken) : null;
        var survey = new AlertsSurvey { Log = log, LogNotChecked = notRead, Firing = firing?.Alerts, FiringNotChecked = firing is null ? "no alerts.alertmanager is configured" : firing.Problem };
        if (log is null && survey.Firing is null)
            return Check.Skipped<AlertsSurvey>($"log: {notRead}; alerts: {survey.FiringNotChecked}", "Set logs.application or alerts.alertmanager.");
        Measure(context, survey);
        context.Raise(AlertFindings.Of(survey, firing?.Hint));
        await WriteAsync(context, survey, cancellationToken);
        return Decide(context, survey);
    }

    private Check<AlertsSurvey> Decide(StepContext context, AlertsSurvey survey)
    {
        var reasons = AlertFindings.Refusals(survey, _settings.MaxCriticalLines);
        if (reasons.Count == 0)
            return Check.Looked(survey, Summary(survey));
        if (!_settings.AllowCritical)
            return Check.Refused(survey, string.Join("; ", reasons), "Mend what they tell of, or set alerts.allowCritical: true to go on all the same (the report will say so).");
        context.Raise(Severity.Warning, "criticals-allowed", $"Goes on all the same, because alerts.allowCritical is set: {string.Join("; ", reasons)}.");
        return Check.Looked(survey, Summary(survey));
    }

    private (LogSurvey? Log, string? NotRead) ReadLog(StepContext context)
    {
        if (configuration.Logs.Application is not { } pattern)
            return (null, "no logs.application is configured");
        var zone = DateTimeZoneProviders.Tzdb[configuration.Window.TimeZone];
        var today = Instant.FromDateTimeOffset(time.GetUtcNow()).InZone(zone).Date;
        var path = pattern.Replace("{date}", today.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        try
        {
            var log = new LogScan(zone, today).Run(path, (done, total) => context.Progress(done, total, "bytes", path), () => context.Stop.IsRequested);
            return (log, log is null ? $"stopped while reading {path}: {context.Stop.Reason}" : null);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, $"there is no file {path}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return (null, $"{path} can't be read: {problem.Message}");
        }
    }

    private static void Measure(StepContext context, AlertsSurvey survey)
    {
        if (survey.Log is { } log)
        {
            context.Before("error_lines", log.Errors.Count, "count", log.Path);
            context.Before("critical_lines", log.Criticals.Count, "count", log.Path);
            context.Before("log_size", log.Bytes, "bytes", log.Path);
        }
        if (survey.Firing is { } firing)
        {
            context.Before("alerts_firing", firing.Count, "count");
            context.Before("alerts_critical", firing.Count(alert => alert.IsCritical), "count");
        }
    }

    private async Task WriteAsync(StepContext context, AlertsSurvey survey, CancellationToken cancellationToken)
    {
        await context.WriteJsonAsync("preparation/alerts.json", survey, redactor, cancellationToken);
        if (survey.Log is not { } log)
            return;
        var csv = new Csv("hour", "errors", "criticals");
        foreach (var hour in log.Hours)
            csv.Row(hour.Hour, hour.Errors, hour.Criticals);
        await context.WriteCsvAsync("preparation/alerts-by-hour.csv", csv, redactor, cancellationToken);
    }

    private static string Summary(AlertsSurvey survey)
    {
        var log = survey.Log is { } read ? string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(read.Errors.Count, "error")} and {Counted.Of(read.Criticals.Count, "critical")} in {Counted.Of(read.Lines, "line")} of today") : "log not checked";
        var firing = survey.Firing is { } alerts ? string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(alerts.Count, "alert")} firing") : "alerts not checked";
        return $"{log}; {firing}";
    }
}
