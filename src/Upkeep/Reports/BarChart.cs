namespace Upkeep.Reports;

/// <summary>One measure over several subjects, before and after or just as it is.</summary>
/// <param name="Left">Subjects that are left out because they are the smallest.</param>
public sealed record BarChart(string Name, string Unit, bool Compares, IReadOnlyList<MeasureDocument> Bars, int Left)
{
    private const int MostBars = 12;
    private const int MostCharts = 2;

    /// <summary>What deserves a picture: measures of at least two subjects that aren't all zero; those that compare first.</summary>
    public static IReadOnlyList<BarChart> Of(StepDocument step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return
        [
            .. step.Measures.Where(measure => measure.Subject is not null)
                .GroupBy(measure => (measure.Name, measure.Unit))
                .Where(group => group.Count() > 1 && group.Any(measure => Size(measure) > 0))
                .Select(group => Chart(group.Key.Name, group.Key.Unit, [.. group]))
                .OrderByDescending(chart => chart.Compares)
                .Take(MostCharts),
        ];
    }

    private static BarChart Chart(string name, string unit, IReadOnlyList<MeasureDocument> measures) =>
        new(name, unit, measures.Any(measure => measure is { Before: not null, After: not null }),
            [.. measures.OrderByDescending(Size).Take(MostBars)], Math.Max(0, measures.Count - MostBars));

    private static double Size(MeasureDocument measure) => Math.Max(Math.Abs(measure.Before ?? 0), Math.Abs(measure.After ?? 0));
}
