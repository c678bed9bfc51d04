using Upkeep.Processes;

namespace Upkeep.Running;

/// <summary>Tells one process from every other, also from a later one that got its id, and from those of other machines.</summary>
/// <param name="BootId">Id of the machine's boot.</param>
/// <param name="StartTicks">The process's start in clock ticks since that boot.</param>
public sealed record ProcessMark(string Host, string BootId, int ProcessId, long StartTicks)
{
    /// <summary>The mark of this process.</summary>
    public static ProcessMark Own { get; } = new(Environment.MachineName, ProcessIdentity.Current.Boot, ProcessIdentity.Current.Id, ProcessIdentity.Current.Started);

    /// <summary>Why the process is certainly gone, in words; null where it may be alive.</summary>
    public string? ProofOfDeath()
    {
        if (Host != Environment.MachineName)
            return null;
        if (BootId != ProcessIdentity.Current.Boot)
            return $"the machine was started anew since (boot {BootId} then, {ProcessIdentity.Current.Boot} now)";
        return ProcessIdentity.Of(ProcessId) switch
        {
            null => $"there is no process {ProcessId} on {Host} any more",
            { Started: var ticks } when ticks != StartTicks => $"process {ProcessId} on {Host} is another one by now (started at tick {ticks}, not {StartTicks})",
            _ => null,
        };
    }
}
