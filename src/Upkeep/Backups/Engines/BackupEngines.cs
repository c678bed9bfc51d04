using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Processes;

namespace Upkeep.Backups.Engines;

/// <summary>The engines by their names.</summary>
public static class BackupEngines
{
    /// <summary>The program an engine stands for, for people and manifests.</summary>
    public static string Program(this BackupEngineName engine) => engine switch
    {
        BackupEngineName.PgDump => "pg_dump",
        BackupEngineName.PgBaseBackup => "pg_basebackup",
        BackupEngineName.PgBackRest => "pgbackrest",
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "There is no such engine."),
    };

    /// <summary>The engine that made a backup is the one that restores it, whatever the configuration says now.</summary>
    public static IBackupEngine Of(BackupEngineName engine, DatabaseDoor database, ProgramDoor programs, BackupSettings settings, TimeProvider time) => engine switch
    {
        BackupEngineName.PgDump => new PgDumpEngine(database, programs, settings, time),
        BackupEngineName.PgBaseBackup => new PgBaseBackupEngine(database, programs, settings, time),
        BackupEngineName.PgBackRest => new PgBackRestEngine(database, programs, settings, time),
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "There is no such engine."),
    };
}
