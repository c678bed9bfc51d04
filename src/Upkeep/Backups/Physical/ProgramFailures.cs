using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Physical;

/// <summary>What a program that copies a server said when it failed, and what to do about it.</summary>
internal static class ProgramFailures
{
    public static Problem Explain(string program, ProgramResult result)
    {
        var told = result.Told(program);
        return new Problem(told, Hint(program, told));
    }

    private static string Hint(string program, string said) => said switch
    {
        _ when said.Contains("No space left on device", StringComparison.Ordinal) => "The disk of the backup folder is full. Free space there, or name another folder under backup: folder.",
        _ when said.Contains("has already been removed", StringComparison.Ordinal) => "The server recycled its log before it was received. Raise wal_keep_size, then: upkeep run --resume",
        _ when said.Contains("number of requested standby connections", StringComparison.Ordinal) => "All max_wal_senders of the server are taken. Raise it and restart the server, then: upkeep run --resume",
        _ when said.Contains("checksum", StringComparison.OrdinalIgnoreCase) => "The server's own files are damaged. See its log for the table, restore that from an older backup, and look at the disk.",
        _ when said.Contains("unable to acquire lock", StringComparison.Ordinal) => "Another pgbackrest is at work on this stanza (see pgbackrest info): wait until it has ended, then: upkeep run --resume",
        _ => $"Mend what {program} complains about, then: upkeep run --resume",
    };
}
