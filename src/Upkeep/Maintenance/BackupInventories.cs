using Upkeep.Backups;
using Upkeep.Backups.Foreign;
using Upkeep.Configuration;

namespace Upkeep.Maintenance;

/// <summary>The backups of a platform, for the steps and the verbs alike.</summary>
public static class BackupInventories
{
    /// <summary>What recognises backups that others made; what they should be of is asked of the database when it is needed.</summary>
    public static FindForeign Foreign(UpkeepConfiguration configuration, Doors doors)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(doors);
        return new ForeignBackups(doors.Programs, configuration.Backup, token => ForeignExpectation.OfAsync(doors.Database, token), doors.Time).FindAsync;
    }

    /// <summary>Looks through store and folders.</summary>
    public static Task<BackupInventory> ReadAsync(Platform platform, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(platform);
        var configuration = platform.Configuration;
        return new InventoryReader(configuration.Backup, InventoryReader.DatabaseOf(configuration.Database.ConnectionString), Foreign(configuration, platform.Doors)).ReadAsync(cancellationToken);
    }
}
