namespace Upkeep.Configuration;

/// <summary>
/// Limits of the one throttle. Above a soft limit work slows down and pauses; above a hard one it stops with its progress kept.
/// </summary>
public sealed record ThrottleSettings
{
    /// <summary>False lets work go as fast as it can. The report says so.</summary>
    public bool Enabled { get; init; } = true;
    /// <summary>A probe slower than its own baseline by this factor is a busy database.</summary>
    [Limits(1)]
    public double SoftLatencyFactor { get; init; } = 1.5;
    /// <summary>Slower than its baseline by this factor, work stops.</summary>
    [Limits(1)]
    public double HardLatencyFactor { get; init; } = 20;
    /// <summary>Latencies below this are never called slow, whatever the baseline.</summary>
    public TimeSpan LatencyFloor { get; init; } = TimeSpan.FromMilliseconds(5);
    /// <summary>Sessions waiting for a lock.</summary>
    [Limits(1)]
    public int SoftLockWaiters { get; init; } = 1;
    /// <summary>With so many waiting for a lock, work stops.</summary>
    [Limits(1)]
    public int HardLockWaiters { get; init; } = 20;
    /// <summary>Active sessions besides ours, as a share of max_connections.</summary>
    [Share]
    public double SoftActiveShare { get; init; } = 0.5;
    /// <summary>Above this share, work stops.</summary>
    [Share]
    public double HardActiveShare { get; init; } = 0.9;
    /// <summary>How far a replica may be behind.</summary>
    public TimeSpan SoftReplicationLag { get; init; } = TimeSpan.FromSeconds(1);
    /// <summary>Further behind than this, work stops.</summary>
    public TimeSpan HardReplicationLag { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>How long a batch should take where nobody else is at work. Beside others it is cut into tiny bites with rests between them, may last 30 times as long, and ends early when someone waits for it.</summary>
    public TimeSpan BatchTarget { get; init; } = TimeSpan.FromMilliseconds(100);
    /// <summary>How long work may stay paused before it gives up with its progress kept.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>How tables are vacuumed and analyzed.</summary>
public sealed record VacuumSettings
{
    /// <summary>Tables worked on at a time.</summary>
    [Limits(1, 64)]
    public int Parallel { get; init; } = 2;
    /// <summary>A table is due with at least this many dead rows that are also deadShare of it, or by its freezeAge.</summary>
    public long DeadRows { get; init; } = 1000;
    /// <summary>Least share of a table that is dead for it to be due.</summary>
    [Share]
    public double DeadShare { get; init; } = 0.02;
    /// <summary>A table with an older oldest unfrozen id is due whatever its dead rows.</summary>
    [Limits(0, 2_000_000_000)]
    public long FreezeAge { get; init; } = 100_000_000;

    /// <summary>Dead rows from which on a table of so many rows, the dead included, is due.</summary>
    internal double DeadRowsLimit(long rows) => Math.Max(Math.Max(1, DeadRows), DeadShare * rows);
}
