using System.Text.Json;
using System.Text.Json.Serialization;
using Upkeep.Journal;

namespace Upkeep.Reports.Html;

/// <summary>What the script draws, as the JSON block of the page.</summary>
internal static class ChartData
{
    /// <summary>The default encoder writes every angle bracket, ampersand and quote as an escape, so no text can end the block.</summary>
    public static string Json(ReportModel model) => JsonSerializer.Serialize(
        new ChartDocument(
            model.Clock.Zone,
            model.Timeline is { } timeline ? Of(timeline) : null,
            model.Steps.SelectMany(section => section.Charts.Select(chart => Of(section.Step, chart))).ToDictionary(chart => chart.Key),
            model.Steps.SelectMany(section => section.Lines.Select(chart => Of(section.Step, chart))).ToDictionary(chart => chart.Key)),
        ChartJson.Default.ChartDocument);

    public static string Key(StepDocument step, LineChart chart) => $"{Anchor.Of(step)}/{chart.Name}/{chart.Unit}/over-time";

    public static string Key(StepDocument step, BarChart chart) => $"{Anchor.Of(step)}/{chart.Name}/{chart.Unit}";

    /// <summary>A bar's figures in words.</summary>
    public static string Text(MeasureDocument bar) => bar switch
    {
        { Before: { } before, After: { } after } => $"{Words.Figure(before, bar.Unit)} → {Words.Figure(after, bar.Unit)}",
        _ => (bar.After ?? bar.Before) is { } only ? Words.Figure(only, bar.Unit) : "",
    };

    private static TimelineData Of(Timeline timeline) => new(
        timeline.From.ToUnixTimeMilliseconds() / 1000d,
        timeline.To.ToUnixTimeMilliseconds() / 1000d,
        timeline.Window?.Start.ToUnixTimeSeconds(),
        timeline.Window?.End.ToUnixTimeSeconds(),
        [.. timeline.Bars.Select(bar => new TimelineStep(SafeText.Line(bar.Step.Id, 80), bar.Start.ToUnixTimeMilliseconds() / 1000d,
            bar.End.ToUnixTimeMilliseconds() / 1000d, Css.Of(StepSection.ToneOf(bar.Step)),
            bar.Step.DurationMs is { } took ? Amount.Duration(TimeSpan.FromMilliseconds(took)) : "not ended"))]);

    // A trend has the colour of what it was drawn through.
    private static LineData Of(StepDocument step, LineChart chart)
    {
        var colours = chart.Looks.Select((line, index) => (line.Label, index)).ToDictionary();
        return new LineData(Key(step, chart), chart.Unit,
            [.. chart.Series.Select(line => new LineRow(line.IsTrend ? colours[line.Label[..^DatedSubject.Trend.Length]] : colours[line.Label], line.IsTrend,
                [.. line.Points.Select(point => point.At.ToUnixTimeSeconds())], [.. line.Points.Select(point => point.Value)]))]);
    }

    private static BarData Of(StepDocument step, BarChart chart) => new(Key(step, chart), chart.Unit, chart.Compares,
        [.. chart.Bars.Select(bar => new BarRow(SafeText.Line(bar.Subject, 80), chart.Compares ? bar.Before : null, chart.Compares ? bar.After : bar.After ?? bar.Before,
            bar.Before is { } before ? Words.Figure(before, bar.Unit) : "", (bar.After ?? bar.Before) is { } after ? Words.Figure(after, bar.Unit) : ""))]);
}

internal sealed record ChartDocument(string Zone, TimelineData? Timeline, IReadOnlyDictionary<string, BarData> Bars, IReadOnlyDictionary<string, LineData> Lines);

/// <summary>Instants are seconds since 1970.</summary>
internal sealed record TimelineData(double From, double To, long? WindowStart, long? WindowEnd, IReadOnlyList<TimelineStep> Steps);

internal sealed record TimelineStep(string Label, double Start, double End, string Tone, string Text);

internal sealed record BarData([property: JsonIgnore] string Key, string Unit, bool Compares, IReadOnlyList<BarRow> Rows);

internal sealed record BarRow(string Label, double? Before, double? After, string BeforeText, string AfterText);

internal sealed record LineData([property: JsonIgnore] string Key, string Unit, IReadOnlyList<LineRow> Lines);

/// <param name="Colour">Which of the series' colours.</param>
internal sealed record LineRow(int Colour, bool IsTrend, IReadOnlyList<long> Times, IReadOnlyList<double> Values);

[JsonSerializable(typeof(ChartDocument))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class ChartJson : JsonSerializerContext;
