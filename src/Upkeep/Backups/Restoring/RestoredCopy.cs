using Upkeep.Configuration;
using Upkeep.Postgres;

namespace Upkeep.Backups.Restoring;

/// <summary>How a restore is to be done.</summary>
/// <param name="Folder">Where the scratch server is made; doesn't exist or is empty.</param>
/// <param name="Moved">Hears how many bytes of how many are restored (estimates), and what was last begun.</param>
public sealed record RestoreRequest(string Folder, Action<long, long, string?> Moved);

/// <summary>A backup restored on a scratch server of our own. Server and folder go when it is disposed, and when we are killed.</summary>
public sealed class RestoredCopy(TemporaryCluster cluster, string backup, string database, IReadOnlyList<RestorePhase> phases) : IAsyncDisposable
{
    private DatabaseDoor? _door;

    /// <summary>The scratch server.</summary>
    public TemporaryCluster Cluster { get; } = cluster;

    /// <summary>Name of the backup that was restored.</summary>
    public string Backup { get; } = backup;

    /// <summary>Name of the restored database on the scratch server.</summary>
    public string Database { get; } = database;

    /// <summary>What was done, in order, and how long each took.</summary>
    public IReadOnlyList<RestorePhase> Phases { get; } = phases;

    /// <summary>From nothing to a database that answers.</summary>
    public TimeSpan Took => Phases.Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Took);

    /// <summary>The door to the copy, as its superuser.</summary>
    public DatabaseDoor Door => _door ??= new DatabaseDoor(new DatabaseSettings { ConnectionString = Cluster.ConnectionString(Database) });

    public async ValueTask DisposeAsync()
    {
        if (_door is not null)
            await _door.DisposeAsync();
        await Cluster.DisposeAsync();
    }
}

/// <summary>One part of a restore, for example <c>rows and indexes</c>.</summary>
public sealed record RestorePhase(string Name, TimeSpan Took);
