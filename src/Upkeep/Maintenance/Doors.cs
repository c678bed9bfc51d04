using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Upkeep.Application.Copies;
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

    /// <summary>Where the project's own commands work, on one copy for all of a run's steps.</summary>
    public required Workbench Bench { get; init; }

    /// <summary>Makes the doors; nothing is connected to yet.</summary>
    /// <param name="loggers">Hear of every session, statement, program and request; null for nobody.</param>
    public static Doors Open(UpkeepConfiguration configuration, Redactor redactor, TimeProvider time, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var heard = loggers ?? NullLoggerFactory.Instance;
        return new Doors(new DatabaseDoor(configuration.Database, loggers), new ProgramDoor(redactor, time) { Log = heard.CreateLogger("Upkeep.Processes") },
            new HttpDoor(redactor, time) { Log = heard.CreateLogger("Upkeep.Http") }, redactor, time) { Bench = new Workbench(configuration) };
    }

    public async ValueTask DisposeAsync()
    {
        await Shelf.DisposeAsync();
        Http.Dispose();
        await Database.DisposeAsync();
        // Last: what a command left may be in the way of removing the copy.
        await Bench.DisposeAsync();
    }
}
