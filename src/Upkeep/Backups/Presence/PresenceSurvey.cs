namespace Upkeep.Backups.Presence;

/// <summary>Which backups there are, and how it stands with them.</summary>
/// <param name="Database">The platform's database.</param>
/// <param name="Days">The days that should have a backup each, oldest first.</param>
/// <param name="Newest">Name of the newest whole backup, or null where there is none.</param>
/// <param name="LastProven">Name of ours that was last proven to restore, or null.</param>
/// <param name="ProvenAt">When it was proven.</param>
public sealed record PresenceSurvey(string Database, IReadOnlyList<BackupDay> Days, string? Newest, DateTimeOffset? NewestAt, string? LastProven, DateTimeOffset? ProvenAt)
{
    /// <summary>The days without a whole backup.</summary>
    public IReadOnlyList<DateOnly> Gaps => [.. Days.Where(day => day.Backups == 0).Select(day => day.Day)];
}

/// <summary>What one day has, in the platform's time zone.</summary>
/// <param name="Backups">Whole ones; seven of one day are one day.</param>
public sealed record BackupDay(DateOnly Day, int Backups);
