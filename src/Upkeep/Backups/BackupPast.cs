namespace Upkeep.Backups;

/// <summary>A backup's size as it once was seen.</summary>
/// <param name="Source">As <see cref="KnownBackup.Source"/>.</param>
public sealed record SizePoint(DateTimeOffset At, string Source, long Bytes);

/// <summary>What earlier runs tell of backups; the journal is asked by whoever puts the steps together.</summary>
/// <param name="Sizes">Sizes that were seen, also of backups that are gone by now.</param>
/// <param name="Held">Ids of runs whose backup must not expire, with the reason in words.</param>
public sealed record BackupPast(IReadOnlyList<SizePoint> Sizes, IReadOnlyDictionary<string, string> Held)
{
    public static BackupPast None { get; } = new([], new Dictionary<string, string>());
}
