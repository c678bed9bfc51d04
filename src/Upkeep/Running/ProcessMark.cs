using System.Globalization;

namespace Upkeep.Running;

/// <summary>
/// Tells one process from every other, also from a later one that got its id: host, boot, id, and start in clock ticks since that boot
/// (field 22 of <c>/proc/PID/stat</c>, proc(5)).
/// </summary>
public sealed record ProcessMark(string Host, string BootId, int ProcessId, long StartTicks)
{
    /// <summary>The mark of this process.</summary>
    public static ProcessMark Own { get; } = new(Environment.MachineName, CurrentBoot(), Environment.ProcessId,
        StartTicksOf(Environment.ProcessId) ?? throw new InvalidOperationException("/proc is not mounted, so processes can't be told apart."));

    /// <summary>Why the process is certainly gone, in words; null where it may be alive.</summary>
    public string? ProofOfDeath()
    {
        if (Host != Environment.MachineName)
            return null;
        if (BootId != CurrentBoot())
            return $"the machine was started anew since (boot {BootId} then, {CurrentBoot()} now)";
        return StartTicksOf(ProcessId) switch
        {
            null => $"there is no process {ProcessId} on {Host} any more",
            var ticks when ticks != StartTicks => $"process {ProcessId} on {Host} is another one by now (started at tick {ticks}, not {StartTicks})",
            _ => null,
        };
    }

    private static string CurrentBoot() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    private static long? StartTicksOf(int processId)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            // The second field is the program's name in brackets, and may hold brackets and spaces itself.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            // A zombie has ended; nobody has asked for its status yet.
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException or IOException { HResult: NoSuchProcess })
        {
            return null;
        }
    }

    // ESRCH: the process ended between opening and reading.
    private const int NoSuchProcess = 3;
}
