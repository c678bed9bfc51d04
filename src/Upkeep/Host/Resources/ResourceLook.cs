using Upkeep.Configuration;

namespace Upkeep.Host.Resources;

/// <summary>Looks at the machine. What can't be looked at is said, thing by thing, and never taken for good.</summary>
/// <param name="root">The kernel's own files: /proc.</param>
public sealed class ResourceLook(string root, MachineTools tools, TimeProvider time)
{
    private static readonly string[] _pressures = ["cpu", "memory", "io"];

    private readonly ProcFolder _proc = new(root);

    public async Task<ResourceSurvey> AtAsync(ResourceSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var notSeen = new List<NotSeen>();
        var clock = tools.ClockAsync(settings.Timeout, cancellationToken);
        var failed = FailedAsync(settings, cancellationToken);
        var memory = Try(notSeen, "resources-memory", "memory", () => KernelFigures.Memory(_proc));
        var limit = memory is null ? null : Try(notSeen, "resources-memory-limit", "the control group's memory limit", () => MemoryLimits.Of(_proc, memory.Total));
        var mounts = Try(notSeen, "resources-disks", "disks", () => MountTable.Disks(MountTable.Read(_proc.Text("self/mountinfo")), _proc.Text("filesystems"))) ?? [];
        var (disks, unanswered) = await DiskLook.AtAsync([.. mounts.Where(mount => !settings.ExceptMounts.Contains(mount.Point, StringComparer.Ordinal))], settings.Timeout, time, cancellationToken);
        var (units, unasked) = await failed;
        var (told, problem) = await clock;
        notSeen.AddRange(unanswered);
        if (unasked is not null)
            notSeen.Add(unasked);
        if (problem is not null)
            notSeen.Add(new NotSeen("resources-clock", "the clock", problem, "chrony, or systemd-timesyncd, keeps it right and tells how right it is."));
        else if (told is { Synchronised: true, Offset: null })
            notSeen.Add(new NotSeen("resources-clock-offset", "how far the clock is off", $"{told.By} tells only that it is kept right", "chrony would tell."));
        return new ResourceSurvey
        {
            Memory = [.. new[] { memory, limit }.OfType<MemoryState>()],
            Swap = Try(notSeen, "resources-swap", "swap", () => KernelFigures.Swap(_proc)),
            Load = Try(notSeen, "resources-load", "the load", () => KernelFigures.Load(_proc)),
            Pressure = Pressure(notSeen),
            Disks = disks,
            FailedUnits = units,
            Clock = told,
            OpenFiles = Try(notSeen, "resources-open-files", "open files", () => KernelFigures.OpenFiles(_proc)),
            Tracked = Try(notSeen, "resources-tracked-connections", "the firewall's table of connections", () => KernelFigures.Tracked(_proc)),
            Counters = Counters(notSeen),
            NotSeen = notSeen,
        };
    }

    private async Task<(IReadOnlyList<string>? Units, NotSeen? NotSeen)> FailedAsync(ResourceSettings settings, CancellationToken cancellationToken)
    {
        if (!tools.HasSystemd)
            return (null, new NotSeen("resources-units", "failed units", "systemd isn't running here", null));
        var (units, problem) = await tools.FailedUnitsAsync(settings.Timeout, cancellationToken);
        return units is null ? (null, new NotSeen("resources-units", "failed units", problem!, "Try: systemctl list-units --state=failed"))
            : ([.. units.Where(unit => !settings.ExceptUnits.Contains(unit, StringComparer.Ordinal))], null);
    }

    private List<PressureState> Pressure(List<NotSeen> notSeen)
    {
        if (!Directory.Exists(Path.Combine(root, "pressure")))
        {
            notSeen.Add(new NotSeen("resources-pressure", "pressure", "this kernel doesn't measure it", "Linux 4.20 and newer do; some need psi=1 on the kernel's command line."));
            return [];
        }
        return [.. _pressures.Select(of => Try(notSeen, "resources-pressure", $"pressure on {of}", () => KernelFigures.Pressure(_proc, of))).OfType<PressureState>()];
    }

    private List<CounterState> Counters(List<NotSeen> notSeen)
    {
        CounterState? Count(string name, string code, string what, Func<ProcFolder, long> read) =>
            Try(notSeen, code, what, () => new CounterState(name, KernelFigures.Boot(_proc), read(_proc), null));
        return
        [
            .. new[]
            {
                Count(ResourceFigures.Kills, "resources-oom-kills", "kills for want of memory", KernelFigures.OutOfMemoryKills),
                Count(ResourceFigures.Drops, "resources-connections", "connections turned away", KernelFigures.ListenDrops),
            }.OfType<CounterState>(),
        ];
    }

    private static T? Try<T>(List<NotSeen> notSeen, string code, string what, Func<T> read) where T : class?
    {
        try
        {
            return read();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            notSeen.Add(new NotSeen(code, what, problem.Message, null));
            return null;
        }
    }
}
