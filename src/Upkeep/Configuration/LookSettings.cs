namespace Upkeep.Configuration;

/// <summary>What healthy means.</summary>
public sealed record HealthSettings
{
    /// <summary>The platform's addresses.</summary>
    public IReadOnlyList<EndpointSettings> Endpoints { get; init; } = [];
    /// <summary>Query that yields one number, the length of the work queue; null where there is none.</summary>
    public string? QueueDepthQuery { get; init; }
    /// <summary>A longer queue is a warning.</summary>
    public long MaxQueueDepth { get; init; } = 10_000;
    /// <summary>Less free disk than this share is a warning.</summary>
    [Share]
    public double MinFreeDiskShare { get; init; } = 0.10;
    /// <summary>Requests per endpoint that a latency distribution is read from.</summary>
    [Limits(1, 10_000)]
    public int Samples { get; init; } = 30;
}

/// <summary>One address of the platform.</summary>
public sealed record EndpointSettings
{
    /// <summary>What reports call it; each its own.</summary>
    public required string Name { get; init; }
    /// <summary>The whole address, http or https.</summary>
    public required Uri Url { get; init; }
    /// <summary>The status it must answer with; redirects aren't followed.</summary>
    [Limits(100, 599)]
    public int Status { get; init; } = 200;
    /// <summary>Text the answer must hold, or null.</summary>
    public string? Contains { get; init; }
    /// <summary>Longest wait for the whole answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>When connections and locks are worth a word.</summary>
public sealed record PerformanceSettings
{
    /// <summary>Connections in use above this share of the limit are a warning.</summary>
    [Share]
    public double ConnectionShare { get; init; } = 0.8;
    /// <summary>A session idle in a transaction for longer is a warning.</summary>
    public TimeSpan IdleInTransaction { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>Statements called at least this often are compared.</summary>
    public long MinCalls { get; init; } = 10;
}

/// <summary>When a difference is a difference.</summary>
public sealed record VerificationSettings
{
    /// <summary>A median slower by more than this share, and beyond noise, is a warning.</summary>
    [Limits(0)]
    public double SlowerShare { get; init; } = 0.2;
}
