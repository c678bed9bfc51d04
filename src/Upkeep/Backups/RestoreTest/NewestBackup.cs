using Upkeep.Backups.Foreign;
using Upkeep.Configuration;

namespace Upkeep.Backups.RestoreTest;

/// <summary>The backup that a restore test is about: one of ours, or one that others made.</summary>
internal sealed record NewestBackup(string Name, long Bytes, StoredBackup? Own, ForeignBackup? Foreign)
{
    /// <summary>The newest of our own store and of the folders of others, or null where there is none.</summary>
    public static async Task<NewestBackup?> FindAsync(BackupSettings settings, BackupOwner owner, ForeignBackups others, CancellationToken cancellationToken)
    {
        var own = await new BackupStore(settings.Folder).NewestAsync(owner, cancellationToken);
        if (others.Newest(own?.Manifest?.FinishedAt ?? DateTimeOffset.MinValue) is { } foreign)
            return new NewestBackup(foreign.Path, foreign.Bytes, null, foreign);
        return own is null ? null : new NewestBackup(own.Name, own.Manifest!.Bytes(), own, null);
    }
}
