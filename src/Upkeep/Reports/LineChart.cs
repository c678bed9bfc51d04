using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>One measure over time, a line for each thing that it was taken of: measures whose subject is a <see cref="DatedSubject"/>.</summary>
/// <param name="Series">At most <see cref="MostSeries"/>, each with its trend behind it where there is one.</param>
/// <param name="Left">How many series are left out, those with the fewest points.</param>
public sealed record LineChart(string Name, string Unit, IReadOnlyList<LineSeries> Series, int Left)
{
    /// <summary>More lines are not told apart by anybody.</summary>
    public const int MostSeries = 4;

    private const int MostPoints = 400;

    /// <summary>Whether the figure belongs to a line, and so to no table or bar.</summary>
    public static bool IsPartOfOne(MeasureDocument measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return DatedSubject.Instant(measure.Subject) is not null;
    }

    public static IReadOnlyList<LineChart> Of(StepDocument step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return
        [
            .. from measure in step.Measures
               let subject = DatedSubject.Instant(measure.Subject)
               where subject is not null && (measure.After ?? measure.Before) is not null
               group (subject.Value.What, Point: new LinePoint(subject.Value.At, (measure.After ?? measure.Before)!.Value)) by (measure.Name, measure.Unit) into chart
               let drawn = Chart(chart.Key.Name, chart.Key.Unit, chart)
               where drawn.Series.Count > 0
               select drawn,
        ];
    }

    private static LineChart Chart(string name, string unit, IEnumerable<(string What, LinePoint Point)> points)
    {
        var lines = points.GroupBy(point => point.What, point => point.Point)
            .Select(line => new LineSeries(line.Key, line.Key.EndsWith(DatedSubject.Trend, StringComparison.Ordinal), [.. line.OrderBy(point => point.At).TakeLast(MostPoints)])).ToList();
        var looked = lines.Where(line => !line.IsTrend).OrderByDescending(line => line.Points.Count).ToList();
        var shown = looked.Take(MostSeries).SelectMany(line => lines.Where(other => other == line || other.Label == line.Label + DatedSubject.Trend));
        return new LineChart(name, unit, [.. shown], Math.Max(0, looked.Count - MostSeries));
    }

    /// <summary>The looks, without the lines drawn through them.</summary>
    public IEnumerable<LineSeries> Looks => Series.Where(line => !line.IsTrend);
}

/// <param name="IsTrend">True for a line drawn through another series, which is no look at anything.</param>
/// <param name="Points">Oldest first.</param>
public sealed record LineSeries(string Label, bool IsTrend, IReadOnlyList<LinePoint> Points);

public sealed record LinePoint(DateTimeOffset At, double Value);
