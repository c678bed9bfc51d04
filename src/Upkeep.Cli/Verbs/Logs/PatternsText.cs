using System.Globalization;
using NodaTime;
using Spectre.Console;
using Upkeep.Cli.Output;
using Upkeep.LogReading;
using Upkeep.Logs.Patterns;
using Upkeep.Redaction;
using Upkeep.Reports;

namespace Upkeep.Cli.Verbs.Logs;

/// <summary>The templates as a table, with what was lost or taken on trust below it.</summary>
internal static class PatternsText
{
    private const int TemplateLength = 300;

    public static void Write(CommandOutput output, PatternSurvey survey, ChosenPatterns chosen, DateTimeZone zone)
    {
        var shown = survey.Templates.OrderByDescending(template => template.Worst == LogLevel.Critical).Take(chosen.Top ?? PatternsVerb.TopOfText).ToList();
        if (shown.Count == 0)
            output.Line(Nothing(survey, chosen));
        else
            output.Render(Table(shown, survey, zone));
        var lines = survey.Files.Sum(file => file.Lines);
        output.Line($"{Counted.Of(survey.Messages, "message")} in {Counted.Of(survey.Templates.Count, "template")}, from {Counted.Of(lines, "line")} of {Counted.Of(survey.Files.Count, "file")}.");
        if (shown.Count < survey.Templates.Count)
            output.Line($"{Counted.Of(survey.Templates.Count - shown.Count, "more template is", "more templates are")} not shown: --top {survey.Templates.Count}");
        if (survey.Overflow > 0)
            output.Line($"{Counted.Of(survey.Overflow, "message is", "messages are")} grouped by the first words only: there were more different ones than fit into the memory allowed.");
        foreach (var file in survey.Files)
            Tell(output, file, chosen);
    }

    private static string Nothing(PatternSurvey survey, ChosenPatterns chosen) =>
        survey.Files.All(file => file.Lines == 0) ? survey.Files.Any(file => file.Loss is not null) ? "No line could be read." : $"There is no line to group: {Counted.Of(survey.Files.Count, "file is", "files are")} empty."
        : chosen.SinceIsAhead ? "--since lies in the future: no line is from there on."
        : chosen.Request.Least is null ? "There is no line to group."
        : chosen.Request.Since is null ? "No line is of that level. Every line: --all-levels" : "No line since then is of that level. Every line: --all-levels, without --since";

    private static void Tell(CommandOutput output, PatternFile file, ChosenPatterns chosen)
    {
        if (!file.HasLevels && chosen.Request.Least is not null && file.Lines > 0)
            output.Line($"{file.Path} names no levels: every line was taken.");
        if (!file.HasTimes && chosen.Request.Since is not null && file.Lines > 0)
            output.Line($"{file.Path} bears no times that are known: --since left nothing of it out.");
        if (file.Loss is { } loss)
            output.Line($"{file.Path} {loss}.");
        foreach (var note in file.Notes)
            output.Line($"{file.Path}: {note}.");
    }

    private static Table Table(List<Template> shown, PatternSurvey survey, DateTimeZone zone)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("Count").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("Share").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("Level").NoWrap());
        foreach (var column in (ReadOnlySpan<string>)["First", "Last", "Course"])
            table.AddColumn(new TableColumn(column).NoWrap());
        table.AddColumn("Template");
        var hours = Sparkline.Range(survey.Templates);
        foreach (var template in shown)
        {
            table.AddRow([.. new[]
            {
                template.Count.ToString("N0", CultureInfo.InvariantCulture), (100.0 * template.Count / survey.Messages).ToString("0.0", CultureInfo.InvariantCulture) + " %", template.Worst is LogLevel.None or LogLevel.Other ? "–" : StatusWord.Of(template.Worst),
                Time(template.FirstSeen, zone), Time(template.LastSeen, zone), Sparkline.Of(template.Hours, hours), SafeText.Line(SecretShapes.Clean(template.Text, TemplateLength)),
            }.Select(cell => new Text(cell))]);
        }
        return table;
    }

    private static string Time(DateTimeOffset? at, DateTimeZone zone) =>
        at is { } known ? Instant.FromDateTimeOffset(known).InZone(zone).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture) : "–";
}
