using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>One measure day by day: measures whose subject is a day.</summary>
/// <param name="Days">Oldest first.</param>
public sealed record DayStrip(string Name, string Unit, IReadOnlyList<DayFigure> Days)
{
    private const int MostDays = 62;

    /// <summary>Whether the figure belongs to a strip, and so to no table or bar.</summary>
    public static bool IsPartOfOne(MeasureDocument measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return DatedSubject.Day(measure.Subject) is not null;
    }

    public static IReadOnlyList<DayStrip> Of(StepDocument step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return
        [
            .. from measure in step.Measures
               let day = DatedSubject.Day(measure.Subject)
               where day is not null && (measure.After ?? measure.Before) is not null
               group new DayFigure(day.Value, (measure.After ?? measure.Before)!.Value) by (measure.Name, measure.Unit) into strip
               select new DayStrip(strip.Key.Name, strip.Key.Unit, [.. strip.OrderBy(figure => figure.Day).TakeLast(MostDays)]),
        ];
    }
}

public sealed record DayFigure(DateOnly Day, double Value);
