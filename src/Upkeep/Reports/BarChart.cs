using System.Text.RegularExpressions;

namespace Upkeep.Reports;

/// <summary>One measure over several subjects, before and after or just as it is; or the percentiles of one distribution per subject.</summary>
/// <param name="Bars">Each bar's label is its subject.</param>
/// <param name="Left">Subjects that are left out because they are the smallest.</param>
public sealed partial record BarChart(string Name, string Unit, bool Compares, IReadOnlyList<MeasureDocument> Bars, int Left)
{
    private const int MostBars = 12;
    private const int MostCharts = 2;

    // Two figures are read faster than drawn.
    private const int FewestBars = 3;

    /// <summary>What deserves a picture: measures of several subjects that aren't all zero; those that compare first.</summary>
    public static IReadOnlyList<BarChart> Of(StepDocument step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return
        [
            .. step.Measures.Where(measure => measure.Subject is not null)
                .GroupBy(measure => (Name: Percentile().Replace(measure.Name, ""), measure.Unit))
                .Where(group => group.Any(measure => Size(measure) > 0))
                .Select(group => Chart(group.Key.Name, group.Key.Unit, [.. group]))
                .Where(chart => chart.Bars.Count >= (chart.Compares ? 2 : FewestBars))
                .OrderByDescending(chart => chart.Compares)
                .Take(MostCharts),
        ];
    }

    private static BarChart Chart(string name, string unit, IReadOnlyList<MeasureDocument> measures)
    {
        var bars = measures.Any(measure => measure.Name != name)
            ? measures.GroupBy(measure => measure.Subject).SelectMany(subject => subject.Select(Labelled))
            : measures.OrderByDescending(Size);
        return new BarChart(name, unit, measures.Any(measure => measure is { Before: not null, After: not null }), [.. bars.Take(MostBars)], Math.Max(0, measures.Count - MostBars));
    }

    private static MeasureDocument Labelled(MeasureDocument measure) =>
        measure with { Subject = $"{measure.Subject} {Percentile().Match(measure.Name).Groups[1].Value}".TrimEnd() };

    private static double Size(MeasureDocument measure) => Math.Max(Math.Abs(measure.Before ?? 0), Math.Abs(measure.After ?? 0));

    [GeneratedRegex(@"_(p\d{1,2})$")]
    private static partial Regex Percentile();
}
