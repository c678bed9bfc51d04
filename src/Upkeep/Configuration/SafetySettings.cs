namespace Upkeep.Configuration;

/// <summary>When a run may start (go/no-go).</summary>
public sealed record ReadinessSettings
{
    /// <summary>Query that yields one number, the users active now; null counts nothing and says so.</summary>
    public string? ActiveUsersQuery { get; init; }
    /// <summary>More active users than this is a no-go.</summary>
    public int MaxActiveUsers { get; init; } = 10;
    /// <summary>A transaction open for longer is a no-go.</summary>
    public TimeSpan MaxTransactionAge { get; init; } = TimeSpan.FromMinutes(30);
    /// <summary>A replica further behind is a no-go.</summary>
    public TimeSpan MaxReplicationLag { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>Disk to keep free beyond what backup and scratch restore need, in bytes.</summary>
    [ByteSize]
    public long FreeDiskReserve { get; init; } = 1L << 30;
}

/// <summary>What the alerts step reads.</summary>
public sealed record AlertSettings
{
    /// <summary>Base URL of an Alertmanager (API v2), or null where there is none.</summary>
    public Uri? Alertmanager { get; init; }
    /// <summary>True lets a run start though critical alerts are open. The report says so.</summary>
    public bool AllowCritical { get; init; }
    /// <summary>More criticals in today's log than this is a no-go.</summary>
    public int MaxCriticalLines { get; init; }
}
