namespace Upkeep.Configuration;

/// <summary>From where on the machine's memory, disks and other resources are worth a word.</summary>
public sealed record ResourceSettings
{
    /// <summary>Less available memory than this share of the whole is a warning; less than half of it is critical.</summary>
    [Share]
    public double MemoryAvailable { get; init; } = 0.10;
    /// <summary>More used swap than this share of it is a warning.</summary>
    [Share]
    public double SwapUsed { get; init; } = 0.50;
    /// <summary>A higher load average of 15 minutes for each core is a warning.</summary>
    [Limits(0.1, 1000)]
    public double LoadPerCore { get; init; } = 2;
    /// <summary>A warning where some task waited for a processor for more than this share of the last five minutes.</summary>
    [Share]
    public double CpuPressure { get; init; } = 0.80;
    /// <summary>The same for memory.</summary>
    [Share]
    public double MemoryPressure { get; init; } = 0.10;
    /// <summary>The same for disks.</summary>
    [Share]
    public double IoPressure { get; init; } = 0.40;
    /// <summary>Less free room on a disk, or fewer free inodes, than this share of the whole is a warning; less than half of it is critical.</summary>
    [Share]
    public double DiskFree { get; init; } = 0.10;
    /// <summary>A disk that is full sooner, at the rate of the last runs, is a warning; in less than a quarter of that time it is critical.</summary>
    public TimeSpan FullWithin { get; init; } = TimeSpan.FromDays(28);
    /// <summary>Mount points that are left out, as the kernel names them.</summary>
    public IReadOnlyList<string> ExceptMounts { get; init; } = [];
    /// <summary>Failed units of systemd that are known and left out, with their endings: <c>backup.service</c>.</summary>
    public IReadOnlyList<string> ExceptUnits { get; init; } = [];
    /// <summary>A clock that is further off is a warning.</summary>
    public TimeSpan ClockOffset { get; init; } = TimeSpan.FromMilliseconds(500);
    /// <summary>More open files than this share of what the kernel allows is a warning.</summary>
    [Share]
    public double OpenFiles { get; init; } = 0.80;
    /// <summary>More connections than this share of what the firewall's table holds is a warning.</summary>
    [Share]
    public double TrackedConnections { get; init; } = 0.80;
    /// <summary>More connections turned away by full listen queues since the last run are a warning.</summary>
    [Limits(0, 1_000_000_000)]
    public int ListenDrops { get; init; } = 100;
    /// <summary>How long a disk or a program may take to answer; the server of a network mount may be gone.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
