using Upkeep.Configuration;
using Upkeep.Files;

namespace Upkeep.Backups.Sizes;

/// <summary>When a disk that backups lie on is full.</summary>
/// <param name="Mount">Where it is mounted.</param>
/// <param name="Sources">Whose backups lie on it.</param>
/// <param name="NextBytes">What the next backup of every source will take together.</param>
/// <param name="IsKnown">Whether it is known of any source how it grows: those of which it isn't count as not growing.</param>
/// <param name="DaysUntilFull">Where nothing of ours expires, and others remove what they did so far; null for not within ten years.</param>
/// <param name="DaysUntilFullPruned">The same where ours expire as configured.</param>
public sealed record DiskForecast(string Mount, IReadOnlyList<string> Sources, long FreeBytes, double NextBytes, bool IsKnown, int? DaysUntilFull, int? DaysUntilFullPruned)
{
    private const int Horizon = 3652;

    /// <param name="trends">Those of the sources on this disk.</param>
    public static DiskForecast Of(string mount, DiskSpace space, IReadOnlyList<SizeTrend> trends, KeepSettings keep, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(trends);
        List<SizeTrend> known = [.. trends.Where(trend => trend.BytesPerDay is not null)];
        return new DiskForecast(mount, [.. trends.Select(trend => trend.Source)], space.FreeBytes, trends.Sum(trend => trend.ExpectedAt(now)), known.Count > 0,
            Full(space.FreeBytes, known, now, trend => trend.IsThinned && trend.Source != KnownBackup.Own ? trend.Kept : null),
            Full(space.FreeBytes, known, now, trend => trend.Source == KnownBackup.Own ? keep.Daily + keep.Weekly + keep.Monthly : trend.IsThinned ? trend.Kept : null));
    }

    // Day by day: what was added since now, and no more than the most that are kept.
    private static int? Full(long free, IReadOnlyList<SizeTrend> trends, DateTimeOffset now, Func<SizeTrend, int?> most)
    {
        var added = trends.ToDictionary(trend => trend, _ => 0.0);
        for (var day = 1; day <= Horizon; day++)
        {
            var total = 0.0;
            foreach (var trend in trends)
            {
                var size = trend.ExpectedAt(now.AddDays(day));
                added[trend] += trend.DaysBetween is { } between ? size / between : 0;
                total += most(trend) is { } count ? Math.Min(added[trend], Math.Max(0, count * size - trend.KeptBytes)) : added[trend];
            }
            if (total >= free)
                return day;
        }
        return null;
    }
}
