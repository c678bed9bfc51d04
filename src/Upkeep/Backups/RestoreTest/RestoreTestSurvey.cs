namespace Upkeep.Backups.RestoreTest;

/// <summary>What the newest backup is, and what its restore showed.</summary>
/// <param name="Backup">Its name or path; null where there is none.</param>
/// <param name="Proven">Whether it was restored and proven in this look; null in a plan or a dry run.</param>
/// <param name="Problems">What was not as it should be.</param>
/// <param name="NotProven">What no proof speaks for.</param>
/// <param name="SecondsToRecover">From nothing to a database that answers; 0 where nothing was restored.</param>
public sealed record RestoreTestSurvey(string? Backup, bool? Proven, IReadOnlyList<string> Problems, IReadOnlyList<string> NotProven, double SecondsToRecover)
{
    internal static RestoreTestSurvey Of(string backup) => new(backup, null, [], [], 0);
}
