using System.Globalization;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups;

/// <summary>Runs pg_dump: directory format, parallel jobs, inside a snapshot that somebody else holds open.</summary>
public sealed class PgDump(ProgramDoor door, DumpPrograms programs)
{
    private const string TableBegins = "dumping contents of table \"";

    /// <summary>Dumps the database that <paramref name="environment"/> points at.</summary>
    /// <param name="folder">Must not exist yet.</param>
    /// <param name="lockWait">Longest wait for the lock on a table.</param>
    /// <param name="tableBegins">Hears <c>schema.name</c> of each table when its rows begin to be written.</param>
    /// <returns>The compression used, or what went wrong in pg_dump's own words.</returns>
    public async Task<(string? Compression, Problem? Problem)> RunAsync(string folder, string snapshot, int jobs, TimeSpan lockWait,
        IReadOnlyDictionary<string, string?> environment, Action<string> tableBegins, CancellationToken cancellationToken)
    {
        ProgramResult result;
        var compressions = new Queue<string>(programs.Major >= 16 ? ["zstd", "gzip"] : ["gzip"]);
        string compression;
        do
        {
            compression = compressions.Dequeue();
            result = await door.RunAsync(programs.Dump, Arguments(folder, snapshot, jobs, lockWait, compression), environment, line => Hear(line, tableBegins), cancellationToken);
        }
        while (result.ExitCode != 0 && compressions.Count > 0 && result.Error.Contains("does not support compression with", StringComparison.Ordinal));
        return result.ExitCode == 0 ? (compression, null) : (null, Explain(result));
    }

    private string[] Arguments(string folder, string snapshot, int jobs, TimeSpan lockWait, string compression) =>
    [
        "--format=directory",
        $"--file={folder}",
        string.Create(CultureInfo.InvariantCulture, $"--jobs={Math.Max(1, jobs)}"),
        $"--snapshot={snapshot}",
        string.Create(CultureInfo.InvariantCulture, $"--lock-wait-timeout={(long)lockWait.TotalMilliseconds}"),
        "--no-password",
        "--verbose",
        // Up to 15 the option takes a level only, and gzip is what there is.
        .. programs.Major >= 16 ? new[] { $"--compress={compression}" } : [],
    ];

    private static void Hear(string line, Action<string> tableBegins)
    {
        var start = line.IndexOf(TableBegins, StringComparison.Ordinal);
        if (start >= 0)
            tableBegins(line[(start + TableBegins.Length)..].TrimEnd('"'));
    }

    // --lock-wait-timeout sets a statement timeout around LOCK TABLE; the workers' own lock requests don't wait at all.
    private static bool IsLockWait(string said) =>
        (said.Contains("due to statement timeout", StringComparison.Ordinal) && said.Contains("LOCK TABLE", StringComparison.Ordinal))
        || said.Contains("could not obtain lock", StringComparison.Ordinal);

    private static Problem Explain(ProgramResult result)
    {
        var told = result.Told("pg_dump");
        return new Problem(told, Hint(told, result.ExitCode));
    }

    private static string Hint(string said, int exitCode) => said switch
    {
        _ when said.Contains("No space left on device", StringComparison.Ordinal) => "The disk of the backup folder is full. Free space there, or name another folder under backup: folder.",
        _ when IsLockWait(said) =>
            "Somebody held a table locked (ALTER TABLE, LOCK, VACUUM FULL, REINDEX). Wait for them to end, then: upkeep run --resume",
        _ when said.Contains("permission denied", StringComparison.Ordinal) => "Give the role what it lacks (GRANT SELECT …; since 14: GRANT pg_read_all_data), then: upkeep run --resume",
        _ when exitCode == 137 => "It was killed from outside: look for the out-of-memory killer (dmesg), then: upkeep run --resume",
        _ => "Mend what pg_dump complains about, then: upkeep run --resume",
    };
}
