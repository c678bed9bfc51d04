using System.Globalization;
using Upkeep.Journal;

namespace Upkeep.Backups.Sizes;

/// <summary>What a reader should know of the backups' sizes.</summary>
internal static class SizeFindings
{
    // A month's notice: a disk is not bought in a week.
    private const int Soon = 28;

    public static IEnumerable<Finding> Of(SizesSurvey survey, DateTimeOffset now)
    {
        foreach (var disk in survey.Disks)
        {
            if (disk.FreeBytes < disk.NextBytes)
                yield return new Finding(Severity.Critical, "backup-disk-full",
                    $"{Amount.Bytes(disk.FreeBytes)} are free on {disk.Mount}, and the next backups ({string.Join(", ", disk.Sources)}) will take {Amount.Bytes(disk.NextBytes)}.", disk.Mount, Hint(disk));
            else if (disk.DaysUntilFull is { } days and <= Soon)
                yield return new Finding(Severity.Warning, "backup-disk-full-soon", string.Create(CultureInfo.InvariantCulture,
                    $"{disk.Mount} is full in {Counted.Of(days, "day")} ({now.AddDays(days).UtcDateTime:yyyy-MM-dd}) where backups grow as they do and none of ours expires; {Pruned(disk)}."), disk.Mount, Hint(disk));
        }
        foreach (var source in survey.Sources.Where(source => source is { Known: > 0, BytesPerDay: null }))
            yield return new Finding(Severity.Info, "size-trend" + Finding.NotCheckedSuffix,
                $"Not checked: how the sizes of {source.Source} move, because the {Counted.Of(source.Known, "backup")} known {(source.Known == 1 ? "is of one day" : "are of one day or two")}; it takes backups of three days.", source.Source);
        if (survey.WouldExpire.Count > 0)
            yield return new Finding(Severity.Info, "backups-would-expire",
                $"{Counted.Of(survey.WouldExpire.Count, "backup")} would expire by backup: keep: {string.Join(", ", survey.WouldExpire.Take(10))}{(survey.WouldExpire.Count > 10 ? ", …" : "")}.",
                null, "See why with: upkeep backup prune --dry-run");
    }

    private static string Pruned(DiskForecast disk) => disk.DaysUntilFullPruned is { } pruned ? $"pruned as configured in {Counted.Of(pruned, "day")}" : "pruned as configured it lasts for more than ten years";

    private static string Hint(DiskForecast disk) => disk.DaysUntilFullPruned is null or > Soon
        ? "Remove what may expire (upkeep backup prune), or put backups on a larger disk under backup: folder."
        : "Pruning alone won't do: keep fewer under backup: keep, or put backups on a larger disk under backup: folder.";
}
