using System.Globalization;
using System.Text.RegularExpressions;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Physical;

/// <summary>Runs pg_basebackup: the server's files as compressed tar archives, a table space each, with the server's list of checksums beside them.</summary>
public sealed partial class BaseBackup(ProgramDoor door, PostgresPrograms programs, int major)
{
    /// <param name="folder">Must not exist yet.</param>
    /// <param name="label">What the server's log calls the backup.</param>
    /// <param name="jobs">Threads that compress, where the program can.</param>
    /// <param name="moved">Hears how many bytes of how many are copied.</param>
    /// <returns>The compression used, or what went wrong in pg_basebackup's own words.</returns>
    public async Task<(string? Compression, Problem? Problem)> RunAsync(string folder, string label, int jobs, IReadOnlyDictionary<string, string?> environment,
        Action<long, long> moved, CancellationToken cancellationToken)
    {
        // The least level of each: it is about as fast as the disk, and the next ones win little.
        var compressions = new Queue<(string Name, string Option)>(
        [
            .. major >= 15 ? [("zstd", string.Create(CultureInfo.InvariantCulture, $"client-zstd:level=1,workers={Math.Max(1, jobs)}")), ("zstd", "client-zstd:level=1")] : Array.Empty<(string, string)>(),
            ("gzip", "1"),
        ]);
        ProgramResult result;
        string compression;
        do
        {
            (compression, var option) = compressions.Dequeue();
            result = await door.RunAsync(programs["pg_basebackup"],
            [
                $"--pgdata={folder}", "--format=tar", $"--compress={option}",
                // The log is received by itself: it is needed beyond the end of the copy.
                "--wal-method=none",
                "--manifest-checksums=SHA256",
                // A spread checkpoint may take minutes of the window in which nothing is copied.
                "--checkpoint=fast",
                $"--label={label}", "--progress", "--verbose", "--no-password",
            ], environment, line => Hear(line, moved), cancellationToken);
        }
        while (result.ExitCode != 0 && compressions.Count > 0 && CantCompress().IsMatch(result.Error));
        return result.ExitCode == 0 ? (compression, null) : (null, ProgramFailures.Explain("pg_basebackup", result));
    }

    private static void Hear(string line, Action<long, long> moved)
    {
        if (Progress().Match(line) is { Success: true } match)
            moved(long.Parse(match.Groups["done"].Value, CultureInfo.InvariantCulture) * 1024, long.Parse(match.Groups["total"].Value, CultureInfo.InvariantCulture) * 1024);
    }

    [GeneratedRegex(@"(?<done>\d+)/(?<total>\d+) kB \(", RegexOptions.CultureInvariant)]
    private static partial Regex Progress();

    // Built without the library, or with one that has no threads.
    [GeneratedRegex(@"compression (is )?not supported|does not support compression|could not set compression worker count", RegexOptions.CultureInvariant)]
    private static partial Regex CantCompress();
}
