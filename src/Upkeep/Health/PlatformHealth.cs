using Upkeep.Files;
using Upkeep.Http;
using Upkeep.Postgres.Catalog;

namespace Upkeep.Health;

/// <summary>How the platform is, at one look. Kept in the journal by the health steps, which compare two of them.</summary>
public sealed record PlatformHealth
{
    public required IReadOnlyList<EndpointHealth> Endpoints { get; init; }
    /// <summary>Null where the database could not be reached.</summary>
    public required DatabaseHealth? Database { get; init; }
    public required IReadOnlyList<Room> Rooms { get; init; }
}

/// <summary>How the database is.</summary>
public sealed record DatabaseHealth
{
    public required DatabaseState State { get; init; }
    /// <summary>Round trips of the smallest query on an open session, in ms.</summary>
    public required IReadOnlyList<double> PingsMs { get; init; }
    /// <summary>Null where our role may not see them.</summary>
    public required IReadOnlyList<Replica>? Replicas { get; init; }
    /// <summary>Length of the work queue; null where no query is configured or it failed.</summary>
    public required double? QueueDepth { get; init; }
    /// <summary>Why the configured query gave no number, or null.</summary>
    public required string? QueueProblem { get; init; }
}

/// <summary>The room where something grows.</summary>
/// <param name="For">What is kept there: <c>database</c>, <c>maintenance</c> or <c>backups</c>.</param>
/// <param name="Disk">Null where it couldn't be looked at from here.</param>
public sealed record Room(string For, DiskSpace? Disk);
