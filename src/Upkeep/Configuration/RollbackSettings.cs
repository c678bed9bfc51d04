namespace Upkeep.Configuration;

/// <summary>How the whole database is put back.</summary>
public sealed record RollbackSettings
{
    /// <summary>The database to be connected to while the platform's own is swapped.</summary>
    public string MaintenanceDatabase { get; init; } = "postgres";
    /// <summary>What is stopped before the swap, in this order, and started after it, in the opposite one.</summary>
    public IReadOnlyList<ServiceSettings> Services { get; init; } = [];
}

/// <summary>What keeps a service running.</summary>
public enum ServiceKind
{
    Systemd,
    Pm2,
    Nginx,
    Command,
}

/// <summary>A service that uses the database.</summary>
public sealed record ServiceSettings
{
    /// <summary>The systemd unit, the pm2 process, or a name for people.</summary>
    public required string Name { get; init; }
    /// <summary>What keeps it running: systemd, pm2, nginx or command.</summary>
    public required ServiceKind Kind { get; init; }
    /// <summary>For a command: program and arguments that stop it. No shell reads them.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];
    /// <summary>For a command: program and arguments that start it.</summary>
    public IReadOnlyList<string> Start { get; init; } = [];
    /// <summary>For a command: program and arguments that end with status 0 while it runs.</summary>
    public IReadOnlyList<string> Status { get; init; } = [];
    /// <summary>The program that is called for it, where it isn't along PATH: for example <c>/opt/node/bin/pm2</c>. A command names its own.</summary>
    public string? Program { get; init; }
    /// <summary>For nginx: its configuration file; null takes its own default.</summary>
    [FilePath]
    public string? Configuration { get; init; }
}
