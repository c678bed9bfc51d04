using System.Globalization;

namespace Upkeep.Processes;

/// <summary>
/// One process of one boot of this machine. A process id alone is given out again; together with the boot and the start time it never is,
/// so that "its owner is dead" can be proven.
/// </summary>
/// <param name="Started">Clock ticks between the machine's start and the process's, as the kernel counts them.</param>
/// <param name="Boot">Id of the machine's boot.</param>
public sealed record ProcessIdentity(int Id, long Started, string Boot)
{
    // Position of the start time in /proc/PID/stat, counted from the field after the name (proc(5): field 22, the state being field 3).
    private const int StartField = 19;

    public static ProcessIdentity Current { get; } = Of(Environment.ProcessId)
        ?? throw new InvalidOperationException("/proc is not mounted: processes can't be told apart. Mount it: mount -t proc proc /proc");

    /// <summary>The process that has this id now, or null where there is none (a zombie is none).</summary>
    public static ProcessIdentity? Of(int id)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            // The name stands in brackets and may hold anything, brackets too.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null
                : new ProcessIdentity(id, long.Parse(fields[StartField], CultureInfo.InvariantCulture), File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException or IOException { HResult: NoSuchProcess })
        {
            return null;
        }
    }

    /// <summary>Whether this very process still runs.</summary>
    public bool IsAlive => Of(Id) == this;

    // ESRCH: the process went between opening the file and reading it.
    private const int NoSuchProcess = 3;
}
