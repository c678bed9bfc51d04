using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Http;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Maintenance;

/// <summary>The doors that the steps share, made once per run from the configuration.</summary>
public sealed record Doors(DatabaseDoor Database, ProgramDoor Programs, HttpDoor Http, Redactor Redactor, TimeProvider Time) : IAsyncDisposable
{
    /// <summary>Where a restored copy waits for the next step that can use it.</summary>
    public ScratchShelf Shelf { get; } = new();

    /// <summary>Makes the doors; nothing is connected to yet.</summary>
    public static Doors Open(UpkeepConfiguration configuration, Redactor redactor, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new Doors(new DatabaseDoor(configuration.Database), new ProgramDoor(redactor, time), new HttpDoor(redactor, time), redactor, time);
    }

    public async ValueTask DisposeAsync()
    {
        await Shelf.DisposeAsync();
        Http.Dispose();
        await Database.DisposeAsync();
    }
}
