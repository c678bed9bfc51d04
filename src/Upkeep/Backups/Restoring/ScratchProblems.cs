using System.Globalization;
using Npgsql;
using Upkeep.Files;
using Upkeep.Postgres.Clusters;
using Upkeep.Postgres.Digests;
using Upkeep.Running;

namespace Upkeep.Backups.Restoring;

/// <summary>Puts into words how a scratch server failed us. It isn't production's: that must be said, or someone gets up for nothing.</summary>
internal static class ScratchProblems
{
    // Below that a server can't write its next file.
    private const long Nothing = 32L << 20;

    public static bool IsKnown(Exception problem) => problem is ClusterException or NpgsqlException or DigestException;

    /// <param name="folder">The scratch server's folder, while it is still there.</param>
    public static Problem Explain(Exception problem, string folder)
    {
        if (IsFull(folder) || problem is PostgresException { SqlState: PostgresErrorCodes.DiskFull })
            return Full(folder, problem.Message);
        return problem switch
        {
            DigestException unread when !IsLoss(unread.Cause) => new Problem($"{unread.Table.Name} can't be read in the restored copy: {unread.Cause.MessageText}",
                "The backup is damaged there, or this machine's disk or memory is. Try again; where it stays so, take another backup and look at the source's table."),
            ClusterException cluster => new Problem($"The scratch server can't be had: {cluster.Message}", cluster.Hint),
            PostgresException refused when !IsLoss(refused) =>
                new Problem($"The scratch server refused: {refused.MessageText} ({refused.SqlState})", "Production was not touched. Look at the backup with: upkeep backup verify"),
            _ => new Problem($"The scratch server was lost while the backup was restored on it: {(problem.InnerException ?? problem).Message}",
                "Somebody stopped it, or the kernel did for want of memory (dmesg). Production was not touched. Try again."),
        };
    }

    /// <summary>What a program said of a server that was lost or had no room, explained; any other word stays.</summary>
    public static Problem Explain(Problem said, string folder)
    {
        if (IsFull(folder) || said.What.Contains("No space left on device", StringComparison.Ordinal))
            return Full(folder, said.What);
        return said.What.Contains("server closed the connection", StringComparison.Ordinal) || said.What.Contains("terminating connection", StringComparison.Ordinal)
            || said.What.Contains("connection to server", StringComparison.Ordinal)
            ? new Problem($"The scratch server was lost while the backup was restored on it: {said.What}", "Somebody stopped it, or the kernel did for want of memory (dmesg). Production was not touched. Try again.")
            : said;
    }

    // Class 57P: it is being stopped, or crashed.
    private static bool IsLoss(PostgresException server) => server.SqlState.StartsWith("57P", StringComparison.Ordinal);

    private static bool IsFull(string folder) => DiskSpace.Of(folder) is { FreeBytes: < Nothing };

    private static Problem Full(string folder, string said) => new(
        string.Create(CultureInfo.InvariantCulture, $"The disk of the scratch server ({folder}) is full: {said}"),
        "Free space there, or name a folder on a larger disk under backup: restore: folder. Production was not touched.");
}
