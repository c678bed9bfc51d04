using System.Globalization;

namespace Upkeep.Backups.Restoring;

/// <summary>What a scratch server is told so that a restore is quick and the machine's other work hardly feels it. Pure.</summary>
public static class ScratchTuning
{
    private const long Megabyte = 1L << 20;

    /// <summary>Lines for postgresql.conf.</summary>
    /// <param name="memory">What this machine, or our share of it, has; in bytes. The server takes an eighth of it at most.</param>
    /// <param name="jobs">Parallel jobs of the restore.</param>
    public static IReadOnlyList<string> Lines(long memory, int processors, int jobs) =>
    [
        // Nothing on it is to survive it, so it need not wait for the disk, nor log what a crash would need.
        "fsync = off", "synchronous_commit = off", "full_page_writes = off", "wal_level = minimal", "max_wal_senders = 0", "archive_mode = off",
        "wal_init_zero = off", "max_wal_size = 4GB", "checkpoint_timeout = 1h",
        // Its tables are filled once, read once and thrown away.
        "autovacuum = off", "jit = off", "track_activities = on", "track_counts = off",
        $"shared_buffers = {Clamped(memory / 16, 128, 1024)}",
        $"maintenance_work_mem = {Clamped(memory / 16 / Math.Max(1, jobs), 64, 1024)}",
        string.Create(CultureInfo.InvariantCulture, $"max_parallel_maintenance_workers = {Math.Max(1, processors / Math.Max(1, jobs))}"),
        // What a failed statement held would stand in the log.
        "log_min_error_statement = panic", "log_error_verbosity = terse",
        string.Create(CultureInfo.InvariantCulture, $"max_connections = {20 + (4 * Math.Max(1, jobs))}"),
    ];

    /// <summary>The same for this machine.</summary>
    public static IReadOnlyList<string> Here(int jobs) => Lines(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Environment.ProcessorCount, jobs);

    private static string Clamped(long bytes, long least, long most) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(bytes / Megabyte, least, most)}MB");
}
