using Upkeep.Backups;
using Upkeep.Backups.Foreign;
using Upkeep.Configuration;
using Upkeep.Postgres;

namespace Upkeep.Maintenance;

/// <summary>The backups of a platform, for the steps and the verbs alike.</summary>
public static class BackupInventories
{
    /// <summary>What the steps of one run look through; what others made is read once for all of them.</summary>
    public static ReadInventory ForSteps(UpkeepConfiguration configuration, Doors doors)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(doors);
        var foreign = new ForeignBackups(doors.Programs, configuration.Backup, token => ForeignExpectation.OfAsync(doors.Database, token), doors.Time);
        var once = new RememberedForeign(foreign.FindAsync, doors.Time);
        return async token => await new InventoryReader(configuration.Backup, await BackupOwner.AsFarAsKnownAsync(doors.Database, token), once.FindAsync).ReadAsync(token);
    }

    /// <summary>Looks through store and folders, also where the database is away: that is when somebody asks what there is.</summary>
    /// <returns>What was found, and why the database could not be asked what they should be of (null where it could).</returns>
    public static async Task<(BackupInventory Inventory, DatabaseUnreachableException? Away)> ReadAsync(Platform platform, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(platform);
        var (configuration, doors) = (platform.Configuration, platform.Doors);
        DatabaseUnreachableException? away = null;
        BackupOwner owner;
        try
        {
            await using var connection = await doors.Database.OpenAsync(cancellationToken);
            owner = await BackupOwner.OfAsync(connection, cancellationToken);
        }
        catch (DatabaseUnreachableException problem)
        {
            away = problem;
            owner = new BackupOwner(InventoryReader.DatabaseOf(configuration.Database.ConnectionString), null);
        }
        Task<ForeignExpectation> Expected(CancellationToken token) => away is null ? ForeignExpectation.OfAsync(doors.Database, token) : Task.FromResult(new ForeignExpectation(owner.Database, null, null));
        var foreign = new ForeignBackups(doors.Programs, configuration.Backup, Expected, doors.Time);
        return (await new InventoryReader(configuration.Backup, owner, foreign.FindAsync).ReadAsync(cancellationToken), away);
    }
}
