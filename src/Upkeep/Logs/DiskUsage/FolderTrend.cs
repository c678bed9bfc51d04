namespace Upkeep.Logs.DiskUsage;

/// <summary>How what a folder of logs takes moves from run to run, rotation and removal included.</summary>
/// <param name="Points">Oldest first, this run's last.</param>
internal sealed record FolderTrend(string Folder, IReadOnlyList<LogSizePoint> Points)
{
    /// <summary>Fewer looks are no trend.</summary>
    public const int FewestPoints = 3;

    // A year of weeks; older ones would only bend the line away from what is now.
    private const int MostPoints = 52;

    public static FolderTrend Of(string folder, LogSizePoint now, IEnumerable<LogSizePoint> past) =>
        new(folder, [.. past.Where(point => point.Folder == folder && point.At < now.At).OrderBy(point => point.At).TakeLast(MostPoints - 1), now]);

    /// <summary>Null where fewer than three looks on different days are known.</summary>
    public DatedLine? Line { get; } = Points.DistinctBy(point => point.At.UtcDateTime.Date).Count() < FewestPoints ? null : DatedLine.Through([.. Points.Select(point => (point.At, point.Bytes))]);
}
