using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Logs.DiskUsage;

/// <summary>What logs and their archives take, how that moves, and when their disk is full.</summary>
/// <param name="past">What earlier runs saw.</param>
public sealed class DiskUsageStep(LogSettings settings, Func<IReadOnlyList<LogSizePoint>> past, Redactor redactor, TimeProvider time) : InspectStep<UsageSurvey>
{
    private const int Horizon = 3652;

    public override StepDefinition Definition { get; } = new()
    {
        Id = "logs.disk-usage",
        Title = "Room that logs take",
        Kind = StepKind.Inspect,
        Priority = 6,
        After = ["logs.rotate", "logs.prune"],
        Deadline = TimeSpan.FromMinutes(15),
    };

    public override async Task<Check<UsageSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (settings.Files.Count == 0)
            return Check.Skipped<UsageSurvey>("no logs are configured", "Name them under logs: files.");
        var logs = new List<LogUsage>();
        var files = new Dictionary<string, (string Folder, FileFacts Facts)>(StringComparer.Ordinal);
        // A sum with parts missing would look like a folder that shrank, also to the runs after this one.
        var partly = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (log, folders) in LogSet.WithFolders(settings))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var archives = ArchiveFiles.Of(log, folders).Where(archive => archive.Facts.IsRegular).ToList();
                var facts = FileFacts.Of(log);
                if (facts is { IsRegular: true })
                    files[log] = (Path.GetDirectoryName(log)!, facts);
                foreach (var archive in archives)
                    files[archive.Path] = (archive.Folder, archive.Facts);
                logs.Add(new LogUsage(log, facts?.Size ?? 0, facts?.Allocated ?? 0, archives.Count, archives.Sum(archive => archive.Facts.Allocated)));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                partly.UnionWith([Path.GetDirectoryName(log)!, .. folders]);
                context.Raise(Severity.Info, "log-size" + Finding.NotCheckedSuffix, $"Not checked: what {log} and its archives take: {problem.Message}", log);
            }
        }
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var earlier = past();
        var trends = files.Values.Where(file => !partly.Contains(file.Folder)).GroupBy(file => file.Folder)
            .Select(folder => (Trend: FolderTrend.Of(folder.Key, new LogSizePoint(now, folder.Key, folder.Sum(file => file.Facts.Allocated)), earlier), Files: folder.Count())).ToList();
        if (trends.Count == 0)
            return partly.Count > 0 ? Check.Skipped<UsageSurvey>("what the logs take could not be looked at", "The findings say why; run it as the folders' owner or as root.")
                : Check.Skipped<UsageSurvey>("none of the configured logs is there", "Mend the paths under logs: files.");
        var places = trends.Select(one => new FolderUsage(one.Trend.Folder, DiskSpace.MountOf(one.Trend.Folder), one.Files, (long)one.Trend.Points[^1].Bytes, one.Trend.Line?.PerDay)).ToList();
        var survey = new UsageSurvey([.. logs.OrderByDescending(log => log.Bytes + log.ArchiveBytes)], places, [.. places.GroupBy(folder => folder.Mount).Select(Disk).OfType<LogDisk>()]);
        context.Raise(UsageFindings.Of(survey, now));
        Measure(context, survey, [.. trends.Select(one => one.Trend)]);
        await context.WriteCsvAsync("logs/disk-usage.csv", Table(survey), redactor, cancellationToken);
        return Check.Looked(survey, Summary(survey));
    }

    private static LogDisk? Disk(IGrouping<string, FolderUsage> folders)
    {
        if (DiskSpace.Of(folders.First().Folder) is not { } space)
            return null;
        var inodes = Inodes.Of(folders.First().Folder) is { Total: > 0 } counted ? counted : null;
        double? perDay = folders.Any(folder => folder.BytesPerDay is null) ? null : folders.Sum(folder => folder.BytesPerDay!.Value);
        var days = perDay > 0 ? space.FreeBytes / perDay.Value : double.PositiveInfinity;
        return new LogDisk(folders.Key, space.FreeBytes, inodes?.Free, inodes is null ? null : (double)inodes.Free / inodes.Total, perDay, days > Horizon ? null : (int)days);
    }

    private static void Measure(StepContext context, UsageSurvey survey, IReadOnlyList<FolderTrend> trends)
    {
        foreach (var trend in trends)
        {
            context.BeforeSeries("log_folder_size", "bytes", trend.Folder, [.. trend.Points.Select(point => (point.At, point.Bytes))], trend.Line);
            if (trend.Line is { } line)
                context.Before("log_growth_per_day", line.PerDay, "bytes", trend.Folder);
        }
        foreach (var log in survey.Logs)
        {
            context.Before("log_size", log.Bytes, "bytes", log.Path);
            context.Before("archives_size", log.ArchiveBytes, "bytes", log.Path);
        }
        foreach (var disk in survey.Disks)
        {
            context.Before("free_bytes", disk.FreeBytes, "bytes", disk.Mount);
            if (disk.FreeInodes is { } inodes)
                context.Before("free_inodes", inodes, "count", disk.Mount);
            if (disk.DaysUntilFull is { } days)
                context.Before("days_until_full", days, "days", disk.Mount);
        }
    }

    private static Csv Table(UsageSurvey survey)
    {
        var table = new Csv("log", "length", "bytes_on_disk", "archives", "archive_bytes_on_disk");
        foreach (var log in survey.Logs)
            table.Row(log.Path, log.Length, log.Bytes, log.Archives, log.ArchiveBytes);
        return table;
    }

    private static string Summary(UsageSurvey survey) => string.Join("; ", survey.Folders.Select(folder => $"{folder.Folder}: {Counted.Of(folder.Files, "file")} in {Amount.Bytes(folder.Bytes)}{Moves(folder)}")
        .Concat(survey.Disks.Select(disk => $"{Amount.Bytes(disk.FreeBytes)} free on {disk.Mount}{(disk.DaysUntilFull is { } days ? $", full in {Counted.Of(days, "day")} at this rate" : "")}")));

    private static string Moves(FolderUsage folder) => folder.BytesPerDay switch
    {
        null => "",
        < 0 and var less => $", {Amount.Bytes(-less)} less every day",
        var more => $", {Amount.Bytes(more.Value)} more every day",
    };
}
