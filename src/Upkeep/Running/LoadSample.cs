namespace Upkeep.Running;

/// <summary>How busy the database was at one look. A null means that this part could not be seen and is left out of every decision.</summary>
public sealed record LoadSample
{
    /// <summary>Round trip of a tiny read.</summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>Sessions that wait for a lock, ours not counted.</summary>
    public int? LockWaiters { get; init; }

    /// <summary>Sessions at work as a share of max_connections, 0 to 1, ours not counted.</summary>
    public double? ActiveShare { get; init; }

    /// <summary>How far the slowest standby is behind.</summary>
    public TimeSpan? ReplicationLag { get; init; }

    /// <summary>Sessions that did anything within the last second, ours not counted: whether there is anybody to be disturbed.</summary>
    public int? Neighbours { get; init; }
}
