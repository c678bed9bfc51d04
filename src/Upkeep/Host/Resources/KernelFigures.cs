using System.Globalization;

namespace Upkeep.Host.Resources;

/// <summary>Figures of the kernel's, read from its files. Each throws what <see cref="ProcFolder"/> does.</summary>
internal static class KernelFigures
{
    private const int Kibibyte = 1024;

    // Of the three load averages, the one of 15 minutes: a run makes some load itself.
    private const int QuarterHour = 2;

    public static MemoryState Memory(ProcFolder proc) =>
        new("machine", proc.Number("meminfo", "MemTotal") * Kibibyte, proc.Number("meminfo", "MemAvailable") * Kibibyte);

    public static SwapState Swap(ProcFolder proc) => new(proc.Number("meminfo", "SwapTotal") * Kibibyte, proc.Number("meminfo", "SwapFree") * Kibibyte);

    public static LoadState Load(ProcFolder proc)
    {
        // All that are running, whichever of them we may use: the load is everybody's too.
        var cores = proc.Text("stat").Split('\n').Count(line => line.StartsWith("cpu", StringComparison.Ordinal) && line.Length > 3 && char.IsAsciiDigit(line[3]));
        return cores > 0 ? new LoadState(proc.Numbers("loadavg", QuarterHour + 1)[QuarterHour], cores) : throw new InvalidDataException("stat names no processor");
    }

    public static PressureState Pressure(ProcFolder proc, string of)
    {
        var lines = proc.Text($"pressure/{of}").Split('\n');
        return new PressureState(of, Stalled(lines, "some") ?? throw new InvalidDataException($"pressure/{of} tells no average"), Stalled(lines, "full"));
    }

    public static OpenFilesState OpenFiles(ProcFolder proc)
    {
        var numbers = proc.Numbers("sys/fs/file-nr", 3);
        return new OpenFilesState((long)(numbers[0] - numbers[1]), numbers[2]);
    }

    /// <returns>Null where the kernel tracks none.</returns>
    public static TrackedState? Tracked(ProcFolder proc) => !proc.Has("sys/net/netfilter/nf_conntrack_count") ? null
        : new TrackedState((long)proc.Numbers("sys/net/netfilter/nf_conntrack_count", 1)[0], (long)proc.Numbers("sys/net/netfilter/nf_conntrack_max", 1)[0]);

    public static long OutOfMemoryKills(ProcFolder proc) => proc.Number("vmstat", "oom_kill");

    /// <summary>Connections that a listening socket had no room for; what its queue of finished ones turned away is among them.</summary>
    public static long ListenDrops(ProcFolder proc)
    {
        // A line of names, and below it one of figures, each with the same first word.
        var lines = proc.Text("net/netstat").Split('\n').Where(line => line.StartsWith("TcpExt:", StringComparison.Ordinal)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var place = lines.Count == 2 ? Array.IndexOf(lines[0], "ListenDrops") : -1;
        return place > 0 && place < lines[1].Length && long.TryParse(lines[1][place], CultureInfo.InvariantCulture, out var dropped) ? dropped : throw new InvalidDataException("net/netstat tells no ListenDrops");
    }

    public static string Boot(ProcFolder proc) => proc.Text("sys/kernel/random/boot_id").Trim() is { Length: > 0 } boot ? boot : throw new InvalidDataException("sys/kernel/random/boot_id is empty");

    // The average of five minutes, in percent (the kernel's accounting/psi).
    private static double? Stalled(string[] lines, string who)
    {
        const string name = "avg300=";
        var words = lines.FirstOrDefault(line => line.StartsWith(who + " ", StringComparison.Ordinal))?.Split(' ');
        return words?.FirstOrDefault(word => word.StartsWith(name, StringComparison.Ordinal)) is { } word && double.TryParse(word[name.Length..], CultureInfo.InvariantCulture, out var percent) ? percent / 100 : null;
    }
}
