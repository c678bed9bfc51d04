using Npgsql;
using Upkeep.Configuration;
using Upkeep.Postgres;

namespace Upkeep.Rollback.Full;

/// <summary>Doors to the databases that a full rollback works with, by name: which database that is can change under the name.</summary>
public sealed class RollbackDoors : IAsyncDisposable
{
    // In a database that nobody else works in, autovacuum is all there is to wait for, and it makes way for who has waited a second.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly DatabaseDoor _live;
    private readonly Dictionary<string, DatabaseDoor> _doors = new(StringComparer.Ordinal);

    /// <param name="live">The door to the platform's database; stays the caller's.</param>
    /// <param name="maintenanceDatabase">Another database of the same server, to be connected to meanwhile.</param>
    public RollbackDoors(DatabaseDoor live, string maintenanceDatabase)
    {
        ArgumentNullException.ThrowIfNull(live);
        _live = live;
        Name = new NpgsqlConnectionStringBuilder(live.Settings.ConnectionString) is { Database: { } named } ? named
            : throw new ArgumentException("The address names no database.", nameof(live));
        Maintenance = To(maintenanceDatabase);
    }

    /// <summary>The name that the platform connects to.</summary>
    public string Name { get; }

    public DatabaseDoor Live => _live;

    public DatabaseDoor Maintenance { get; }

    /// <summary>A door to another database of the same server. Its statements may take as long as they take, and wait for locks that would be too long among users.</summary>
    public DatabaseDoor To(string database)
    {
        if (_doors.TryGetValue(database, out var known))
            return known;
        var address = new NpgsqlConnectionStringBuilder(_live.Settings.ConnectionString) { Database = database };
        return _doors[database] = _live.With(_live.Settings with { ConnectionString = address.ToString(), StatementTimeout = TimeSpan.Zero, LockTimeout = _patience });
    }

    /// <summary>Closes the idle sessions in all databases but the maintenance one: the server renames none that anybody is in.</summary>
    public void LeaveAll()
    {
        _live.ForgetSessions();
        foreach (var door in _doors.Values.Where(door => door != Maintenance))
            door.ForgetSessions();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var door in _doors.Values)
            await door.DisposeAsync();
    }
}
