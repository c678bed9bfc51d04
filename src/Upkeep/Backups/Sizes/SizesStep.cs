using NodaTime;
using Upkeep.Backups.Foreign;
using Upkeep.Backups.Pruning;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Backups.Sizes;

/// <summary>What the backups take, how it moves, and when their disk is full.</summary>
/// <param name="past">What earlier runs saw, so that a trend outlives the backups it was seen on.</param>
public sealed class SizesStep(UpkeepConfiguration configuration, ReadInventory read, Func<BackupPast> past, Redactor redactor, TimeProvider time) : InspectStep<SizesSurvey>
{
    public override StepDefinition Definition { get; } = new()
    {
        Id = "backups.sizes",
        Title = "Sizes of the backups and room for them",
        Kind = StepKind.Inspect,
        Priority = 6,
        After = ["preparation.backup", "backups.restore-test"],
        Deadline = TimeSpan.FromMinutes(30),
    };

    public override async Task<Check<SizesSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var now = time.GetUtcNow();
        var inventory = await read(cancellationToken);
        var earlier = past();
        var trends = configuration.Backup.Expected.Folders.Prepend(KnownBackup.Own)
            .Select(source => SizeTrend.Of(source, [.. inventory.Backups.Where(backup => backup.Source == source && backup.IsWhole)], earlier.Sizes.Where(point => point.Source == source)))
            .Where(trend => trend.Points.Count > 0).ToList();
        if (trends.Count == 0)
            return Check.Skipped<SizesSurvey>($"there is no backup of {inventory.Owner.Database} whose size could be looked at", "Take one: upkeep backup create");
        var survey = new SizesSurvey(
            [.. trends.Select(trend => new SourceSizes(trend.Source, trend.Kept, trend.KeptBytes, trend.Points[^1].Bytes, trend.Points.Count, trend.BytesPerDay))],
            Disks(trends, now), Expiring(inventory, earlier, context.Run, now));
        foreach (var (place, reason) in inventory.NotChecked)
            context.Raise(Severity.Info, "backup-folder" + Finding.NotCheckedSuffix, $"Not checked: the sizes in {place}, because it can't be read: {reason}", place);
        context.Raise(SizeFindings.Of(survey, now));
        Measure(context, survey, trends);
        await context.WriteCsvAsync("backups/sizes.csv", Table(trends), redactor, cancellationToken);
        return Check.Looked(survey, Summary(survey));
    }

    private List<DiskForecast> Disks(IReadOnlyList<SizeTrend> trends, DateTimeOffset now) =>
    [
        .. trends.GroupBy(trend => DiskSpace.MountOf(FolderOf(trend)))
            .Select(disk => DiskSpace.Of(FolderOf(disk.First())) is { } space ? DiskForecast.Of(disk.Key, space, [.. disk], configuration.Backup.Keep, now) : null)
            .OfType<DiskForecast>(),
    ];

    private string FolderOf(SizeTrend trend) => trend.Source == KnownBackup.Own ? configuration.Backup.Folder : trend.Source;

    private IReadOnlyList<string> Expiring(BackupInventory inventory, BackupPast earlier, string run, DateTimeOffset now)
    {
        var held = new Dictionary<string, string>(earlier.Held, StringComparer.Ordinal) { [run] = "this run's" };
        var stored = inventory.Backups.Select(backup => backup.Stored).OfType<StoredBackup>().ToList();
        var request = new PruneRequest(stored, configuration.Backup.Keep, inventory.Owner, held, now, DateTimeZoneProviders.Tzdb[configuration.Window.TimeZone]);
        return [.. PrunePolicy.Decide(request).Expire.Select(verdict => verdict.Backup.Name)];
    }

    private static void Measure(StepContext context, SizesSurvey survey, IReadOnlyList<SizeTrend> trends)
    {
        foreach (var trend in trends)
            context.BeforeSeries("backup_size", "bytes", trend.Source, [.. trend.Points.Select(point => (point.At, (double)point.Bytes))], trend.Line);
        foreach (var source in survey.Sources)
        {
            context.Before("backups_kept", source.Kept, "count", source.Source);
            context.Before("bytes_kept", source.KeptBytes, "bytes", source.Source);
            if (source.BytesPerDay is { } slope)
                context.Before("growth_per_day", slope, "bytes", source.Source);
        }
        foreach (var disk in survey.Disks)
        {
            context.Before("free_bytes", disk.FreeBytes, "bytes", disk.Mount);
            if (disk.DaysUntilFull is { } days)
                context.Before("days_until_full", days, "days", disk.Mount);
        }
    }

    private static Csv Table(IEnumerable<SizeTrend> trends)
    {
        var table = new Csv("source", "at", "bytes");
        foreach (var point in trends.SelectMany(trend => trend.Points))
            table.Row(point.Source, point.At, point.Bytes);
        return table;
    }

    private static string Summary(SizesSurvey survey) =>
        string.Join("; ", survey.Sources.Select(source => $"{source.Source}: {Counted.Of(source.Kept, "backup")} in {Amount.Bytes(source.KeptBytes)}{Moves(source)}")
            .Concat(survey.Disks.Select(disk => $"{Amount.Bytes(disk.FreeBytes)} free on {disk.Mount}{(!disk.IsKnown ? "" : disk.DaysUntilFull is { } days ? $", full in {Counted.Of(days, "day")} at this rate" : ", enough for more than ten years at this rate")}")));

    private static string Moves(SourceSizes source) => source.BytesPerDay is { } slope ? $", each {(slope < 0 ? "smaller" : "larger")} by {Amount.Bytes(Math.Abs(slope) * 7)} a week" : "";
}
