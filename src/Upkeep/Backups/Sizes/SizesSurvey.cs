namespace Upkeep.Backups.Sizes;

/// <summary>What the backups take, how that moves, and how long the room lasts.</summary>
/// <param name="WouldExpire">Names of ours that <c>upkeep backup prune</c> would remove.</param>
public sealed record SizesSurvey(IReadOnlyList<SourceSizes> Sources, IReadOnlyList<DiskForecast> Disks, IReadOnlyList<string> WouldExpire);

/// <summary>One source in figures.</summary>
/// <param name="Known">How many sizes the trend was read from, gone ones included.</param>
/// <param name="BytesPerDay">Null where too little is known.</param>
public sealed record SourceSizes(string Source, int Kept, long KeptBytes, long NewestBytes, int Known, double? BytesPerDay);
