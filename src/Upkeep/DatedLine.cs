namespace Upkeep;

/// <summary>A straight line through values of different times, after Theil and Sen (<see cref="Robust.TheilSen"/>).</summary>
/// <param name="From">Where the line begins.</param>
/// <param name="PerDay">By how much it rises in a day.</param>
/// <param name="Start">Its value at <paramref name="From"/>.</param>
public sealed record DatedLine(DateTimeOffset From, double PerDay, double Start)
{
    /// <param name="points">At least one, the oldest first.</param>
    /// <returns>Null where all are of one time.</returns>
    public static DatedLine? Through(IReadOnlyList<(DateTimeOffset At, double Value)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var from = points[0].At;
        return Robust.TheilSen([.. points.Select(point => ((point.At - from).TotalDays, point.Value))]) is { } line ? new DatedLine(from, line.Slope, line.Intercept) : null;
    }

    /// <summary>What is to be expected at a time, never below nothing.</summary>
    public double ExpectedAt(DateTimeOffset at) => Math.Max(0, Start + PerDay * (at - From).TotalDays);
}
