using System.Runtime.Serialization;

namespace Upkeep.Configuration;

/// <summary>What makes a backup and restores it.</summary>
public enum BackupEngineName
{
    /// <summary>A logical dump in directory format: the default, restorable into the same and newer versions.</summary>
    [EnumMember(Value = "pg_dump")]
    PgDump,

    /// <summary>A physical copy of the whole server, where the role may replicate.</summary>
    [EnumMember(Value = "pg_basebackup")]
    PgBaseBackup,

    /// <summary>pgBackRest's own repository: where a database outgrows one machine.</summary>
    [EnumMember(Value = "pgbackrest")]
    PgBackRest,
}

/// <summary>The backup a rollback goes back to.</summary>
public sealed record BackupSettings
{
    /// <summary>Folder that holds the backups; a relative path counts from the configuration file.</summary>
    [FilePath]
    public string Folder { get; init; } = "backups";
    /// <summary>False waives the rule that no change step runs without a backup of this run. The report says so first.</summary>
    public bool Required { get; init; } = true;
    /// <summary>What makes the backups: pg_dump, pg_basebackup or pgbackrest.</summary>
    public BackupEngineName Engine { get; init; } = BackupEngineName.PgDump;
    /// <summary>Parallel jobs of dump, digests and restore.</summary>
    [Limits(1, 64)]
    public int Jobs { get; init; } = 2;
    /// <summary>Folder of the PostgreSQL client programs; null looks along PATH and in the usual places.</summary>
    [FilePath]
    public string? ProgramFolder { get; init; }
    /// <summary>How pgBackRest is called; read where it is the engine.</summary>
    [Key("pgbackrest")]
    public PgBackRestSettings PgBackRest { get; init; } = new();
    /// <summary>The backups there should be.</summary>
    public ExpectedBackupSettings Expected { get; init; } = new();
    /// <summary>The backups that stay when older ones expire.</summary>
    public KeepSettings Keep { get; init; } = new();
    /// <summary>How a backup is restored on a scratch server and proven there.</summary>
    public RestoreSettings Restore { get; init; } = new();
}

/// <summary>How pgBackRest is called.</summary>
public sealed record PgBackRestSettings
{
    /// <summary>The stanza that stands for this server in pgBackRest's configuration.</summary>
    public string Stanza { get; init; } = "main";
    /// <summary>pgBackRest's configuration file; null takes its own default.</summary>
    [FilePath]
    public string? Configuration { get; init; }
    /// <summary>Full path of the program; null looks along PATH.</summary>
    [FilePath]
    public string? Program { get; init; }
}

/// <summary>The backups there should be.</summary>
public sealed record ExpectedBackupSettings
{
    /// <summary>Each of so many days up to today should have a backup.</summary>
    [Limits(1, 366)]
    public int Days { get; init; } = 7;
    /// <summary>Folders in which others put backups of this database, for example /backups/database; their formats are read from their content.</summary>
    [FilePath]
    public IReadOnlyList<string> Folders { get; init; } = [];
    /// <summary>A backup smaller than this share of the median of those before is suspicious.</summary>
    [Share]
    public double LeastShare { get; init; } = 0.5;
}

/// <summary>The backups that stay when older ones expire. None expires before a newer one has been proven to restore.</summary>
public sealed record KeepSettings
{
    /// <summary>Days whose newest backup stays.</summary>
    [Limits(1, 3660)]
    public int Daily { get; init; } = 7;
    /// <summary>Weeks whose newest backup stays.</summary>
    [Limits(0, 520)]
    public int Weekly { get; init; } = 4;
    /// <summary>Months whose newest backup stays.</summary>
    [Limits(0, 120)]
    public int Monthly { get; init; } = 6;
}

/// <summary>How a backup is restored on a scratch server of our own and proven there.</summary>
public sealed record RestoreSettings
{
    /// <summary>Folder for scratch servers, on a disk with room for the whole database; null takes one below root, or the system's temporary folder where the server's user can't get there.</summary>
    [FilePath]
    public string? Folder { get; init; }
    /// <summary>How far the scratch server and the restore stand back behind others on this machine's processors, as nice has it.</summary>
    [Limits(0, 19)]
    public int Nice { get; init; } = 10;
    /// <summary>Queries of the application's own that must hold on the restored copy.</summary>
    public IReadOnlyList<RestoreProbe> Probes { get; init; } = [];
}

/// <summary>A question that the restored copy must answer as the application would need it.</summary>
public sealed record RestoreProbe
{
    /// <summary>For people, for example <c>upcoming events</c>.</summary>
    public required string Name { get; init; }
    /// <summary>SQL that yields one number.</summary>
    public required string Query { get; init; }
    /// <summary>The least that the number may be.</summary>
    public double AtLeast { get; init; } = 1;
}
