using Upkeep.Configuration;
using Upkeep.Host.Certificates;
using Upkeep.Host.DiskCleanup;
using Upkeep.Host.Resources;
using Upkeep.Host.SecurityUpdates;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Host;

/// <summary>What earlier runs tell of the machine, asked for when it is needed.</summary>
public sealed record HostPast(Func<IReadOnlyList<DaysLeftPoint>> DaysLeft)
{
    public Func<IReadOnlyList<PendingPoint>> PendingUpdates { get; init; } = static () => [];
    public Func<ResourcePast> Resources { get; init; } = static () => ResourcePast.None;
}

/// <summary>The steps that look after the machine, in the order of a run.</summary>
public static class HostSteps
{
    public static IReadOnlyList<Step> Create(HostSettings settings, ProgramDoor programs, HostPast past, Redactor redactor, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(past);
        return
        [
            new SecurityUpdatesStep(settings.SecurityUpdates, new PackageTools(programs, time), past.PendingUpdates, redactor),
            new CertificatesStep(settings.Certificates, past.DaysLeft, redactor, time),
            new DiskCleanupStep(settings.DiskCleanup, new CacheCleaner(programs, []), redactor, time),
            new ResourcesStep(settings.Resources, new ResourceLook("/proc", new MachineTools(programs, time), time), past.Resources, redactor, time),
        ];
    }
}
