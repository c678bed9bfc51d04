using System.Globalization;
using NodaTime;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Logs.Patterns;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Logs.ErrorPatterns;

/// <summary>The week's errors as figures, as a table and as a document.</summary>
internal static class PatternFigures
{
    private const int Lines = 4;
    private const int LabelLength = 60;
    private const int ExampleLength = 400;
    private const int HoursOfAPoint = 6;

    public static void Measure(StepContext context, ErrorPatternsSurvey survey, PatternSurvey found, IReadOnlyList<LocalDate> days, DateTimeZone zone)
    {
        context.Before("errors", survey.Messages, "count");
        context.Before("error_templates", survey.TemplateCount, "count");
        if (survey.ComparedWeeks > 0)
        {
            foreach (var kind in Enum.GetValues<ChangeKind>())
                context.Before($"error_templates_{kind.ToString().ToLowerInvariant()}", survey.Changes.Count(change => change.Kind == kind), "count");
        }
        var all = found.Templates.Select(template => ByDay(template, zone)).ToList();
        foreach (var day in days)
            context.Before("errors_of_day", all.Sum(template => template.GetValueOrDefault(Text(day))), "count", DatedSubject.Of(new DateOnly(day.Year, day.Month, day.Day)));
        var (first, last) = (survey.From.ToUnixTimeSeconds() / 3600 / HoursOfAPoint, survey.To.ToUnixTimeSeconds() / 3600 / HoursOfAPoint);
        foreach (var template in found.Templates.Where(template => template.Hours.Count > 0).Take(Lines))
        {
            var points = template.Hours.GroupBy(hour => hour.Key / HoursOfAPoint).ToDictionary(point => point.Key, point => point.Sum(hour => hour.Value));
            for (var at = first; at <= last; at++)
                context.Before("errors_in_six_hours", points.GetValueOrDefault(at), "count", DatedSubject.Of(DateTimeOffset.FromUnixTimeSeconds(at * 3600 * HoursOfAPoint), SecretShapes.Clean(template.Text, LabelLength)));
        }
    }

    public static IReadOnlyDictionary<string, long> ByDay(Template template, DateTimeZone zone)
    {
        var days = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (hour, count) in template.Hours)
        {
            var day = Text(Instant.FromUnixTimeSeconds(hour * 3600).InZone(zone).Date);
            days[day] = days.GetValueOrDefault(day) + count;
        }
        return days;
    }

    public static Csv Table(ErrorPatternsSurvey survey, IReadOnlyList<LocalDate> days)
    {
        var changes = survey.Changes.ToDictionary(change => change.Id, StringComparer.Ordinal);
        var csv = new Csv(["id", "template", "count", "change", "usual", .. days.Select(Text)]);
        foreach (var pattern in survey.Patterns)
        {
            var change = changes.GetValueOrDefault(pattern.Id);
            csv.Row([pattern.Id, pattern.Text, pattern.Count, Word(change), change?.Usual, .. days.Select(day => (object)pattern.Days.GetValueOrDefault(Text(day)))]);
        }
        foreach (var gone in survey.Changes.Where(change => change.Kind == ChangeKind.Vanished))
            csv.Row([gone.Id, gone.Text, 0, Word(gone), gone.Usual, .. days.Select(_ => (object)0)]);
        return csv;
    }

    /// <summary>The survey with when each template was seen, and an example of it.</summary>
    public static object Document(ErrorPatternsSurvey survey, PatternSurvey found)
    {
        var changes = survey.Changes.ToDictionary(change => change.Id, StringComparer.Ordinal);
        return new
        {
            survey.From,
            survey.To,
            survey.Messages,
            survey.TemplateCount,
            survey.ComparedWeeks,
            Files = found.Files.Select(file => new { file.Path, file.Lines, file.Bytes, file.Loss, file.Notes }),
            Templates = found.Templates.Zip(survey.Patterns).Select(one => new
            {
                one.First.Id,
                Template = one.Second.Text,
                one.First.Count,
                Share = Math.Round((double)one.First.Count / Math.Max(1, survey.Messages), 6),
                one.First.FirstSeen,
                one.First.LastSeen,
                Change = Word(changes.GetValueOrDefault(one.First.Id)),
                one.Second.Days,
                Example = PersonalData.Clean(one.First.Example, ExampleLength),
            }),
            Vanished = survey.Changes.Where(change => change.Kind == ChangeKind.Vanished),
        };
    }

    private static string? Word(PatternChange? change) => change?.Kind.ToString().ToLowerInvariant();

    private static string Text(LocalDate day) => day.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
}
