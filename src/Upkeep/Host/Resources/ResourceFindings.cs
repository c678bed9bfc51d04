using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Host.Resources;

/// <summary>What a reader should know of the machine's resources.</summary>
internal sealed class ResourceFindings(ResourceSettings settings, DateTimeOffset now)
{
    public IEnumerable<Finding> Of(ResourceSurvey survey) =>
    [
        .. survey.Memory.Where(memory => memory.AvailableShare < settings.MemoryAvailable).Select(OfMemory),
        .. OfLoad(survey),
        .. survey.Disks.SelectMany(OfDisk),
        .. OfServices(survey),
        .. survey.Counters.Select(OfCounter).OfType<Finding>(),
        .. OfHeadRoom(survey),
        .. NotSeen(survey),
    ];

    private Finding OfMemory(MemoryState memory) => new(memory.AvailableShare < settings.MemoryAvailable / 2 ? Severity.Critical : Severity.Warning, "resources-memory-low",
        $"{Amount.Bytes(memory.Available)} of {Amount.Bytes(memory.Total)} memory ({Percent(memory.AvailableShare)}) are available {(memory.Whose == "machine" ? "on the machine" : $"in the control group {memory.Whose}, which may use no more")}.",
        memory.Whose, memory.Whose == "machine" ? "See who takes it: ps -eo rss,comm --sort=-rss | head. Below this, programs are killed." : "Raise its limit (systemd: MemoryMax; containers: --memory), or see who in it takes it: systemd-cgtop.");

    private IEnumerable<Finding> OfLoad(ResourceSurvey survey)
    {
        if (survey.Swap is { } swap && swap.UsedShare > settings.SwapUsed)
            yield return new Finding(Severity.Warning, "resources-swap-used", $"{Amount.Bytes(swap.Total - swap.Free)} of {Amount.Bytes(swap.Total)} swap ({Percent(swap.UsedShare)}) are used.", null,
                "See who was swapped out: grep VmSwap /proc/[0-9]*/status | sort -k2 -n | tail. More memory, or less of it given to programs.");
        if (survey.Load is { } load && load.PerCore > settings.LoadPerCore)
            yield return new Finding(Severity.Warning, "resources-load-high", string.Create(CultureInfo.InvariantCulture,
                $"The load of the last 15 minutes is {load.Average:0.##}: {load.PerCore:0.##} for each of {Counted.Of(load.Cores, "core")}, more than {settings.LoadPerCore:0.##}."), null, "See what runs or waits for a disk: ps -eo stat,comm | grep '^[RD]'. This run's own work is in it.");
        foreach (var pressure in survey.Pressure)
        {
            var most = pressure.For switch { "cpu" => settings.CpuPressure, "memory" => settings.MemoryPressure, _ => settings.IoPressure };
            if (pressure.Some > most)
                yield return new Finding(Severity.Warning, "resources-pressure-high", $"For {Percent(pressure.Some)} of the last five minutes something waited for {Words(pressure.For)}, more than {Percent(most)}.", pressure.For,
                    $"Which service waits: grep -H some /sys/fs/cgroup/*/*/{pressure.For}.pressure. This run's own work is in it.");
        }
    }

    private IEnumerable<Finding> OfDisk(DiskState disk)
    {
        if (disk.Bytes.FreeShare < settings.DiskFree)
            yield return new Finding(Low(disk.Bytes), "resources-disk-low", $"{disk.Mount} has {Amount.Bytes(disk.Bytes.Free)} free, {Percent(disk.Bytes.FreeShare)} of the {Amount.Bytes(disk.Bytes.Used + disk.Bytes.Free)} that ordinary users may fill.", disk.Mount, $"See what takes it: du -xh --max-depth=2 {disk.Mount} | sort -h | tail");
        if (disk.Inodes is { } inodes && inodes.FreeShare < settings.DiskFree)
            yield return new Finding(Low(inodes), "resources-inodes-low", string.Create(CultureInfo.InvariantCulture, $"{disk.Mount} has room for {inodes.Free:N0} more files only ({Percent(inodes.FreeShare)} of its inodes are free)."), disk.Mount, ManyFiles(disk));
        if (disk.Bytes.DaysUntilFull is { } days && days <= settings.FullWithin.TotalDays)
            yield return new Finding(Soon(days), "resources-disk-full-soon", $"{disk.Mount} is full in {Counted.Of(days, "day")} ({Day(days)}) where it fills as it does ({Amount.Bytes(disk.Bytes.PerDay ?? 0)} a day).", disk.Mount,
                $"See what grows: du -xh --max-depth=2 {disk.Mount} | sort -h | tail. Clean up (host: diskCleanup, logs: keep), or enlarge it before that day.");
        if (disk.Inodes?.DaysUntilFull is { } left && left <= settings.FullWithin.TotalDays)
            yield return new Finding(Soon(left), "resources-inodes-full-soon", string.Create(CultureInfo.InvariantCulture, $"{disk.Mount} has no inode left in {Counted.Of(left, "day")} ({Day(left)}) where its files grow in number as they do ({disk.Inodes.PerDay:N0} a day)."), disk.Mount, ManyFiles(disk));
    }

    private IEnumerable<Finding> OfServices(ResourceSurvey survey)
    {
        foreach (var unit in survey.FailedUnits ?? [])
            yield return new Finding(Severity.Warning, "resources-unit-failed", $"The unit {unit} has failed.", unit, $"See why: systemctl status {unit}. Once mended: systemctl reset-failed {unit}. Known and harmless: host: resources: exceptUnits.");
        if (survey.Clock is { Synchronised: false } clock)
            yield return new Finding(Severity.Warning, "resources-clock-not-synchronised", $"Nothing keeps the clock right ({clock.By} says so).", null, "Start chrony or systemd-timesyncd, and see that a server answers: chronyc sources, or timedatectl timesync-status.");
        if (survey.Clock?.Offset is { } offset && offset > settings.ClockOffset)
            yield return new Finding(Severity.Warning, "resources-clock-off", $"The clock is off by {Amount.Duration(offset)}, more than {Amount.Duration(settings.ClockOffset)}.", null, "See its servers: chronyc sources -v. A clock that is far off is set at once by: chronyc makestep");
    }

    private Finding? OfCounter(CounterState counter)
    {
        var count = counter.SinceLastRun ?? counter.Value;
        var since = counter.SinceLastRun is null ? "since the machine's start (no earlier run is known)" : counter.Restarted ? "since the machine's start, which was after the last run (what was before it isn't known)" : "since the last run";
        if (counter.Name == ResourceFigures.Kills)
            return count == 0 ? null : new Finding(Severity.Warning, "resources-oom-kills", $"The kernel killed {Counted.Of(count, "process", "processes")} for want of memory {since}.", null, "See which: journalctl -k --grep 'Killed process', or dmesg. Is the database among them?");
        return count <= settings.ListenDrops ? null : new Finding(Severity.Warning, "resources-connections-dropped", $"{Counted.Of(count, "connection")} were turned away {since}, because a server's queue was full; more than {settings.ListenDrops.ToString("N0", CultureInfo.InvariantCulture)}.", null,
            "Which queue is full: ss -ltn (Recv-Q near Send-Q). Raise the server's backlog and net.core.somaxconn.");
    }

    private IEnumerable<Finding> OfHeadRoom(ResourceSurvey survey)
    {
        if (survey.OpenFiles is { } files && files.Share > settings.OpenFiles)
            yield return new Finding(Severity.Warning, "resources-open-files", string.Create(CultureInfo.InvariantCulture, $"{files.Open:N0} files are open, {Percent(files.Share)} of the {files.Most:N0} that the kernel allows."), null, "See who has them open: lsof | awk '{print $1}' | sort | uniq -c | sort -n | tail. Raise fs.file-max if they are right.");
        if (survey.Tracked is { } tracked && tracked.Share > settings.TrackedConnections)
            yield return new Finding(Severity.Warning, "resources-tracked-connections", string.Create(CultureInfo.InvariantCulture, $"The firewall's table holds {tracked.Count:N0} connections, {Percent(tracked.Share)} of the {tracked.Most:N0} that fit: beyond, new ones are dropped."), null, "Raise net.netfilter.nf_conntrack_max, or see who holds so many: conntrack -L.");
    }

    private static IEnumerable<Finding> NotSeen(ResourceSurvey survey)
    {
        foreach (var one in survey.NotSeen)
            yield return new Finding(Severity.Info, one.Code + Finding.NotCheckedSuffix, $"Not checked: {one.What}, because {one.Why.TrimEnd('.')}.", null, one.Hint);
        if (survey.Disks.Where(disk => disk.Bytes.PerDay is null).Select(disk => disk.Mount).ToList() is { Count: > 0 } fresh)
            yield return new Finding(Severity.Info, "resources-growth" + Finding.NotCheckedSuffix, $"Not checked: how fast {string.Join(", ", fresh)} fills, because it takes {ResourceTrends.FewestPoints} runs on different days to tell.");
    }

    private Severity Low(RoomState room) => room.FreeShare < settings.DiskFree / 2 ? Severity.Critical : Severity.Warning;

    private Severity Soon(int days) => days < settings.FullWithin.TotalDays / 4 ? Severity.Critical : Severity.Warning;

    private string Day(int days) => now.AddDays(days).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string ManyFiles(DiskState disk) => $"Look for folders of many small files: find {disk.Mount} -xdev -type d -size +1M";

    private static string Words(string resource) => resource switch { "cpu" => "a processor", "io" => "a disk", _ => resource };

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}
