using System.Globalization;
using Upkeep.Journal;

namespace Upkeep.Backups.Presence;

/// <summary>
/// Backups that are much smaller than those before them of the same source and kind: the dump of an emptied or half-read database is whole in
/// every other respect. The median of those before is what one odd backup can't move.
/// </summary>
internal static class SizeOutliers
{
    private const int FewestBefore = 3;

    // Older ones say little of what is usual now.
    private const int MostBefore = 30;

    /// <param name="since">Older backups were judged in their own week.</param>
    public static IEnumerable<Finding> Findings(BackupInventory inventory, double leastShare, DateTimeOffset since)
    {
        foreach (var series in inventory.Backups.Where(backup => backup.IsWhole).GroupBy(backup => (backup.Source, backup.Kind)))
        {
            List<KnownBackup> oldestFirst = [.. series.OrderBy(backup => backup.At)];
            for (var index = FewestBefore; index < oldestFirst.Count; index++)
            {
                var backup = oldestFirst[index];
                var usual = Robust.Median([.. oldestFirst.Take(index).TakeLast(MostBefore).Select(before => (double)before.Bytes)]);
                if (backup.At >= since && backup.Bytes < leastShare * usual)
                {
                    yield return new Finding(Severity.Warning, "backup-suspiciously-small", string.Create(CultureInfo.InvariantCulture,
                        $"{backup.Name} ({backup.Source}) has {Amount.Bytes(backup.Bytes)}, {backup.Bytes / usual:P0} of the {Amount.Bytes(usual)} that those before it have (median of {Math.Min(index, MostBefore)})."),
                        backup.Name, "Was that much removed from the database? If not, it does not hold everything: restore it somewhere harmless and look (upkeep backup verify), and check what the job dumps.");
                }
            }
        }
    }
}
