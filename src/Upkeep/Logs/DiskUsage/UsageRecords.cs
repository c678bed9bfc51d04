namespace Upkeep.Logs.DiskUsage;

/// <summary>What logs and their archives take.</summary>
public sealed record UsageSurvey(IReadOnlyList<LogUsage> Logs, IReadOnlyList<FolderUsage> Folders, IReadOnlyList<LogDisk> Disks);

/// <summary>One log and its archives.</summary>
/// <param name="Length">What a reader sees of the log.</param>
/// <param name="Bytes">What the log takes on the disk, which holes don't.</param>
/// <param name="ArchiveBytes">The same of its archives.</param>
public sealed record LogUsage(string Path, long Length, long Bytes, int Archives, long ArchiveBytes);

/// <summary>Logs and archives in one folder.</summary>
/// <param name="Mount">Where its disk is mounted.</param>
/// <param name="BytesPerDay">By Theil and Sen over what earlier runs saw; null where too little is known.</param>
public sealed record FolderUsage(string Folder, string Mount, int Files, long Bytes, double? BytesPerDay);

/// <summary>A disk that logs lie on.</summary>
/// <param name="FreeInodes">Null where they aren't counted.</param>
/// <param name="DaysUntilFull">At the rate of its folders; null where they don't grow, or not within ten years, or it isn't known.</param>
public sealed record LogDisk(string Mount, long FreeBytes, long? FreeInodes, double? FreeInodeShare, double? BytesPerDay, int? DaysUntilFull);

/// <summary>What a folder of logs took when a run looked at it.</summary>
public sealed record LogSizePoint(DateTimeOffset At, string Folder, double Bytes);
