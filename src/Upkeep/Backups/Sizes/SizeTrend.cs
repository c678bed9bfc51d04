namespace Upkeep.Backups.Sizes;

/// <summary>How the sizes of one source move.</summary>
/// <param name="Points">Oldest first; also of backups that are gone by now.</param>
/// <param name="Kept">How many are there now.</param>
/// <param name="KeptBytes">What they take.</param>
/// <param name="Line">Null where fewer than three backups on different days are known.</param>
/// <param name="DaysBetween">From one backup to the next, the median; null where there is only one.</param>
/// <param name="IsThinned">Whether somebody removes old ones: some that were seen are gone.</param>
public sealed record SizeTrend(string Source, IReadOnlyList<SizePoint> Points, int Kept, long KeptBytes, DatedLine? Line, double? DaysBetween, bool IsThinned)
{
    private const int FewestPoints = 3;

    // Half a year of days; older ones would only bend the line away from what is now.
    private const int MostPoints = 180;

    /// <param name="present">Whole backups of the source.</param>
    /// <param name="past">What earlier runs saw of the source.</param>
    public static SizeTrend Of(string source, IReadOnlyList<KnownBackup> present, IEnumerable<SizePoint> past)
    {
        ArgumentNullException.ThrowIfNull(present);
        var here = present.Select(backup => new SizePoint(Second(backup.At), source, backup.Bytes)).ToList();
        List<SizePoint> points = [.. here.Concat(past.Select(point => point with { At = Second(point.At) })).DistinctBy(point => point.At).OrderBy(point => point.At).TakeLast(MostPoints)];
        var there = here.Select(point => point.At).ToHashSet();
        var gaps = points.Zip(points.Skip(1), (one, next) => (next.At - one.At).TotalDays).ToList();
        return new SizeTrend(source, points, present.Count, present.Sum(backup => backup.Bytes), LineThrough(points),
            gaps.Count == 0 ? null : Math.Max(Robust.Median(gaps), 1.0 / 24), points.Any(point => !there.Contains(point.At)));
    }

    /// <summary>Null where there is no trend.</summary>
    public double? BytesPerDay => Line?.PerDay;

    /// <summary>What a backup of that time is expected to have; the newest one's size where there is no trend.</summary>
    public double ExpectedAt(DateTimeOffset at) => Points.Count == 0 ? 0 : Line?.ExpectedAt(at) ?? Points[^1].Bytes;

    private static DatedLine? LineThrough(IReadOnlyList<SizePoint> points) =>
        points.DistinctBy(point => point.At.UtcDateTime.Date).Count() < FewestPoints ? null : DatedLine.Through([.. points.Select(point => (point.At, (double)point.Bytes))]);

    // The journal keeps seconds.
    private static DateTimeOffset Second(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());
}
