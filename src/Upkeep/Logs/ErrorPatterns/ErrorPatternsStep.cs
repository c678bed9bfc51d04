using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.LogReading;
using Upkeep.Logs.Patterns;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Logs.ErrorPatterns;

/// <summary><c>logs.error-patterns</c>: what the logs of the week say of errors, grouped, and what of it is new, gone or surging.</summary>
/// <param name="past">What earlier runs saw, newest first.</param>
public sealed class ErrorPatternsStep(UpkeepConfiguration configuration, Func<IReadOnlyList<ErrorPatternsSurvey>> past, Redactor redactor, TimeProvider time) : InspectStep<ErrorPatternsSurvey>
{
    /// <summary>Templates of a week that the journal keeps.</summary>
    public const int MostKept = 300;

    private const int TextLength = 300;
    private static readonly TimeSpan _week = TimeSpan.FromDays(7);

    public override StepDefinition Definition { get; } = new()
    {
        Id = "logs.error-patterns",
        Title = "What the logs say of errors",
        Kind = StepKind.Inspect,
        Priority = 6,
        Deadline = TimeSpan.FromMinutes(30),
    };

    public override async Task<Check<ErrorPatternsSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (zone, to) = (DateTimeZoneProviders.Tzdb[configuration.Window.TimeZone], time.GetUtcNow());
        var from = to - _week;
        var today = Instant.FromDateTimeOffset(to).InZone(zone).Date;
        List<LocalDate> days = [.. Enumerable.Range(-7, 8).Select(today.PlusDays)];
        var logs = WeekFiles.Find(configuration.Logs, days, from);
        if (logs.Count == 0)
            return Check.Skipped<ErrorPatternsSurvey>("neither logs.files nor logs.application is configured", "Name the platform's logs under logs: files.");
        if (logs.All(log => log.Files.Count == 0))
            return Check.Skipped<ErrorPatternsSurvey>($"none of the configured logs is there: {string.Join(", ", logs.Select(log => log.Log))}", "Check logs.files and logs.application.");
        var request = new PatternRequest(LogLevel.Error, from, WithLines: false) { Masks = [.. configuration.Logs.Masks.Select(mask => new Regex(mask, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant))] };
        var scan = new PatternScan(request, zone, today);
        var isWhole = Read(context, scan, logs, cancellationToken);
        if (isWhole is null)
            return Check.Skipped<ErrorPatternsSurvey>($"stopped while the logs were read: {context.Stop.Reason}");
        var found = scan.Survey;
        var survey = Survey(new Reading(logs, found, from, to, isWhole.Value && found.Overflow == 0), zone);
        PatternFigures.Measure(context, survey, found, days, zone);
        context.Raise(PatternFindings.Of(survey));
        await context.WriteJsonAsync("logs/error-patterns.json", PatternFigures.Document(survey, found), redactor, cancellationToken);
        await context.WriteCsvAsync("logs/error-patterns.csv", PatternFigures.Table(survey, days), redactor, cancellationToken);
        return Check.Looked(survey, Summary(survey));
    }

    // Null when it was stopped; else whether everything was read.
    private static bool? Read(StepContext context, PatternScan scan, IReadOnlyList<WeekLog> logs, CancellationToken cancellationToken)
    {
        var isWhole = true;
        foreach (var log in logs.Where(log => log.Files.Count == 0))
            context.Raise(Severity.Info, "log" + Finding.NotCheckedSuffix, $"Not checked: {log.Log}, because there is no such file.", log.Log);
        foreach (var file in logs.SelectMany(log => log.Files).TakeWhile(_ => !context.Stop.IsRequested))
        {
            try
            {
                var read = scan.Read(file, cancellationToken, bytes =>
                {
                    context.Progress(bytes, null, "bytes", file);
                    return !context.Stop.IsRequested;
                });
                if (read.Loss is null)
                    continue;
                isWhole = false;
                context.Raise(Severity.Warning, "log-partly-read", $"{file} {read.Loss}.", file, "What could be read is counted. Find out what damaged it.");
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                isWhole = false;
                context.Raise(Severity.Warning, "log" + Finding.NotCheckedSuffix, $"Not checked: {file}, because it can't be read: {problem.Message}", file,
                    problem is UnauthorizedAccessException ? "Let the user who runs upkeep read it, for example as a member of the group adm." : "Name regular files under logs: files.");
            }
        }
        return context.Stop.IsRequested ? null : isWhole;
    }

    private ErrorPatternsSurvey Survey(Reading reading, DateTimeZone zone)
    {
        List<PatternCount> patterns = [.. reading.Found.Templates.Take(MostKept).Select(template => new PatternCount(template.Id, SecretShapes.Clean(template.Text, TextLength), template.Worst == LogLevel.Critical,
            template.Count, PatternFigures.ByDay(template, zone)))];
        var weeks = PastWeeks.Choose(past(), reading.From);
        var known = weeks.SelectMany(week => week.Logs).ToHashSet(StringComparer.Ordinal);
        // What a log says that nobody read before is not new.
        var strangers = reading.Found.Templates.Take(MostKept).Where(template => !known.Contains(reading.LogOf(template))).Select(template => template.Id).ToHashSet(StringComparer.Ordinal);
        return new ErrorPatternsSurvey
        {
            From = reading.From,
            To = reading.To,
            Logs = [.. reading.Logs.Where(log => log.Files.Count > 0).Select(log => log.Log)],
            IsClean = reading.IsClean,
            Messages = reading.Found.Messages,
            TemplateCount = reading.Found.Templates.Count,
            Patterns = patterns,
            ComparedWeeks = weeks.Count,
            Changes = PatternComparison.Compare(patterns, weeks, pattern => !strangers.Contains(pattern.Id)),
        };
    }

    private static string Summary(ErrorPatternsSurvey survey)
    {
        var kinds = $"{Counted.Of(survey.Messages, "error")} in {Counted.Of(survey.TemplateCount, "kind")} this week";
        if (survey.ComparedWeeks == 0)
            return kinds + "; no earlier week to compare with";
        int Of(ChangeKind kind) => survey.Changes.Count(change => change.Kind == kind);
        return string.Create(CultureInfo.InvariantCulture, $"{kinds}; {Of(ChangeKind.New)} new, {Of(ChangeKind.Surging)} surging, {Of(ChangeKind.Vanished)} gone, compared with {Counted.Of(survey.ComparedWeeks, "week")}");
    }

    private sealed record Reading(IReadOnlyList<WeekLog> Logs, PatternSurvey Found, DateTimeOffset From, DateTimeOffset To, bool IsClean)
    {
        public string LogOf(Template template)
        {
            var file = Found.Files.LastOrDefault(file => file.FirstLine < template.FirstLine)?.Path;
            return Logs.FirstOrDefault(log => log.Files.Contains(file))?.Log ?? "";
        }
    }
}
