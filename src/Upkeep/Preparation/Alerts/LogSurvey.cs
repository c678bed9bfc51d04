namespace Upkeep.Preparation.Alerts;

/// <summary>What the application's log of the day holds.</summary>
public sealed record LogSurvey
{
    public required string Path { get; init; }
    public required long Bytes { get; init; }
    public required long Lines { get; init; }
    public required LevelCount Errors { get; init; }
    public required LevelCount Criticals { get; init; }
    /// <summary>Errors and criticals that bear another day's date; they don't count.</summary>
    public required long OfOtherDays { get; init; }
    /// <summary>Whether the file was emptied or replaced while it was read.</summary>
    public required bool WasRotated { get; init; }
    /// <summary>By hour of the platform's day, only hours with any.</summary>
    public required IReadOnlyList<HourCount> Hours { get; init; }
}

/// <summary>How often a level came up.</summary>
/// <param name="Samples">The first different messages, with secrets masked.</param>
public sealed record LevelCount(long Count, DateTimeOffset? First, DateTimeOffset? Last, IReadOnlyList<string> Samples);

/// <param name="Hour">0 to 23, in the platform's zone; null for lines that bear no time.</param>
public sealed record HourCount(int? Hour, long Errors, long Criticals);
