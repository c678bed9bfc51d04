namespace Upkeep.Configuration;

/// <summary>Everything that <c>upkeep.yaml</c> says, validated whole. Immutable; sections have sensible defaults where a platform need not care.</summary>
public sealed record UpkeepConfiguration
{
    /// <summary>The platform's name, for people.</summary>
    public required string Platform { get; init; }
    public required DatabaseSettings Database { get; init; }
    /// <summary>Folder of journal, lock and the runs' folders; a relative path counts from the configuration file.</summary>
    [FilePath]
    public string Root { get; init; } = "maintenance";
    public WindowSettings Window { get; init; } = new();
    public ThrottleSettings Throttle { get; init; } = new();
    public BackupSettings Backup { get; init; } = new();
    public RollbackSettings Rollback { get; init; } = new();
    public HealthSettings Health { get; init; } = new();
    public LogSettings Logs { get; init; } = new();
    public ApplicationSettings Application { get; init; } = new();
    public HostSettings Host { get; init; } = new();
    public AlertSettings Alerts { get; init; } = new();
    public ReadinessSettings Readiness { get; init; } = new();
    public VacuumSettings Vacuum { get; init; } = new();
    public RetentionSettings Retention { get; init; } = new();
    public SessionSettings Sessions { get; init; } = new();
    public PerformanceSettings Performance { get; init; } = new();
    public VerificationSettings Verification { get; init; } = new();
    /// <summary>Settings that every step has, by step id (<c>database.vacuum</c>).</summary>
    public IReadOnlyDictionary<string, StepSettings> Steps { get; init; } = new Dictionary<string, StepSettings>();
}

/// <summary>Where the database is.</summary>
public sealed record DatabaseSettings
{
    /// <summary>The address, as URL (postgres://user@host:5432/database) or key=value. Without it DATABASE_URL is read; no default database is ever used.</summary>
    /// <remarks>After loading an Npgsql connection string. Holds the password: never print it.</remarks>
    [Key("url"), Secret, Connection]
    [FromEnvironment("DATABASE_URL", "Write database: url: postgres://user@host/database, or set DATABASE_URL. No default database is ever used.")]
    public required string ConnectionString { get; init; }
    /// <summary>Longest wait for a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>The lock budget: longest that any statement of ours waits for a lock, with others possibly queueing behind it.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromMilliseconds(100);
    /// <summary>Longest that any reading statement may run.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>Schemas to maintain; empty means every schema that isn't PostgreSQL's own.</summary>
    public IReadOnlyList<string> Schemas { get; init; } = [];
}

/// <summary>When maintenance may happen, in the platform's own time.</summary>
public sealed record WindowSettings
{
    /// <summary>The day on which the window starts.</summary>
    public DayOfWeek Day { get; init; } = DayOfWeek.Sunday;
    /// <summary>When preparation opens: before the start, if need be on the day before.</summary>
    public TimeOnly Preparation { get; init; } = new(1, 30);
    /// <summary>When changes may begin.</summary>
    public TimeOnly Start { get; init; } = new(2, 0);
    /// <summary>When the running step stops at its next safe point; an end before the start is on the next day.</summary>
    public TimeOnly End { get; init; } = new(6, 0);
    /// <summary>IANA zone id, for example <c>America/Toronto</c>.</summary>
    public string TimeZone { get; init; } = "UTC";
    /// <summary>Kept free at the window's end for verification, report and rollback.</summary>
    public TimeSpan Reserve { get; init; } = TimeSpan.FromMinutes(30);
}

/// <summary>What every step can be told.</summary>
public sealed record StepSettings
{
    /// <summary>False leaves the step out of every run; the report says so.</summary>
    public bool Enabled { get; init; } = true;
    /// <summary>The longest it may take; null keeps the step's own.</summary>
    public TimeSpan? Deadline { get; init; }
    /// <summary>1 (first served) to 9; null keeps the step's own.</summary>
    [Limits(1, 9)]
    public int? Priority { get; init; }
}
