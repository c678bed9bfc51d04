using Upkeep.Journal;

namespace Upkeep.Running;

/// <summary>Writes down figures of one kind from different times, which a report draws as a line.</summary>
public static class DatedSeries
{
    // How far a trend runs on: the weeks that a person can still do something about.
    private static readonly TimeSpan _ahead = TimeSpan.FromDays(28);

    /// <param name="what">Of what they are; the same words make a series.</param>
    /// <param name="points">At least one, the oldest first.</param>
    /// <param name="trend">The line through them that is drawn too; null for none.</param>
    public static void BeforeSeries(this StepContext context, string name, string unit, string what, IReadOnlyList<(DateTimeOffset At, double Value)> points, DatedLine? trend = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(points);
        foreach (var (at, value) in points)
            context.Before(name, value, unit, DatedSubject.Of(at, what));
        if (trend is null)
            return;
        foreach (var at in new[] { points[0].At, points[^1].At + _ahead })
            context.Before(name, trend.ExpectedAt(at), unit, DatedSubject.Of(at, what + DatedSubject.Trend));
    }
}
