namespace Upkeep.Host.Resources;

/// <summary>What earlier runs add to a look: how fast disks fill, and what happened since.</summary>
internal static class ResourceTrends
{
    /// <summary>Fewer looks are no trend.</summary>
    public const int FewestPoints = 3;

    // A year of weeks; older ones would only bend the line away from what is now.
    private const int MostPoints = 52;
    private const int Horizon = 3652;

    public static ResourceSurvey Add(ResourceSurvey survey, ResourcePast past, DateTimeOffset now) => survey with
    {
        Disks = [.. survey.Disks.Select(disk => disk with
        {
            Bytes = Filled(disk.Bytes, Points(past, ResourceFigures.DiskUsed, disk.Mount, now, disk.Bytes.Used)),
            Inodes = disk.Inodes is null ? null : Filled(disk.Inodes, Points(past, ResourceFigures.InodesUsed, disk.Mount, now, disk.Inodes.Used)),
        })],
        Counters = [.. survey.Counters.Select(counter => Since(counter, past))],
    };

    /// <summary>What earlier runs saw, and this one; the oldest first.</summary>
    public static IReadOnlyList<(DateTimeOffset At, double Value)> Points(ResourcePast past, string measure, string what, DateTimeOffset now, double value) =>
        [.. past.Points.Where(point => point.Measure == measure && point.What == what && point.At < now).OrderBy(point => point.At).TakeLast(MostPoints - 1).Select(point => (point.At, point.Value)), (now, value)];

    /// <returns>Null where fewer than three looks on different days are known.</returns>
    public static DatedLine? Line(IReadOnlyList<(DateTimeOffset At, double Value)> points) =>
        points.DistinctBy(point => point.At.UtcDateTime.Date).Count() < FewestPoints ? null : DatedLine.Through(points);

    private static RoomState Filled(RoomState room, IReadOnlyList<(DateTimeOffset At, double Value)> points)
    {
        var perDay = Line(points)?.PerDay;
        var days = perDay > 0 ? room.Free / perDay.Value : double.PositiveInfinity;
        return room with { PerDay = perDay, DaysUntilFull = days > Horizon ? null : (int)days };
    }

    private static CounterState Since(CounterState counter, ResourcePast past)
    {
        if (past.Marks.FirstOrDefault(mark => mark.Name == counter.Name) is not { } last)
            return counter;
        // A network namespace of our own is younger than the machine's start: a figure below the last one began anew, too.
        var restarted = last.Boot != counter.Boot;
        return counter with { SinceLastRun = restarted || counter.Value < last.Value ? counter.Value : counter.Value - last.Value, Restarted = restarted };
    }
}
