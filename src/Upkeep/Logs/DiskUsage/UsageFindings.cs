using System.Globalization;
using Upkeep.Journal;

namespace Upkeep.Logs.DiskUsage;

/// <summary>What a reader should know of the room for logs.</summary>
internal static class UsageFindings
{
    // A month's notice: a disk is not bought in a week.
    private const int Soon = 28;
    private const double FewInodes = 0.05;

    public static IEnumerable<Finding> Of(UsageSurvey survey, DateTimeOffset now)
    {
        foreach (var disk in survey.Disks)
        {
            if (disk.DaysUntilFull is { } days and <= Soon)
                yield return new Finding(days <= 7 ? Severity.Critical : Severity.Warning, "log-disk-full-soon", string.Create(CultureInfo.InvariantCulture,
                    $"{disk.Mount} is full in {Counted.Of(days, "day")} ({now.AddDays(days).UtcDateTime:yyyy-MM-dd}) where its logs grow as they do ({Amount.Bytes(disk.BytesPerDay ?? 0)} a day) and nothing else does."), disk.Mount,
                    "Keep archives for less long (logs: keep), let fewer lines be written, or put the archives on another disk (logs: archives).");
            if (disk.FreeInodeShare is { } share and < FewInodes)
                yield return new Finding(Severity.Warning, "log-disk-inodes", string.Create(CultureInfo.InvariantCulture,
                    $"{disk.Mount} has room for {disk.FreeInodes:N0} more files only ({share:P1} of its inodes are free)."), disk.Mount, "Look for folders of many small files: find / -xdev -type d -size +1M");
        }
        foreach (var folder in survey.Folders.Where(folder => folder.BytesPerDay is null))
            yield return new Finding(Severity.Info, "log-growth" + Finding.NotCheckedSuffix,
                $"Not checked: how fast {folder.Folder} grows, because it takes {FolderTrend.FewestPoints} runs on different days to tell.", folder.Folder);
    }
}
