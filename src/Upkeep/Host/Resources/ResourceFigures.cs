using Upkeep.Running;

namespace Upkeep.Host.Resources;

/// <summary>What of the machine's resources is written down, and drawn from week to week.</summary>
public static class ResourceFigures
{
    internal const string Memory = "memory_available";
    internal const string Swap = "swap_used";
    internal const string Load = "load_per_core";
    internal const string Pressure = "pressure_share";
    internal const string DiskUsed = "disk_used";
    internal const string InodesUsed = "inodes_used";
    internal const string OpenFiles = "open_files";
    internal const string Tracked = "tracked_connections";
    internal const string ClockOffset = "clock_offset";
    internal const string Kills = "oom_kills_counted";
    internal const string Drops = "listen_drops_counted";
    internal const string Since = "since_last_run";

    private const string Machine = "machine";

    /// <summary>Measures that are series.</summary>
    public static IReadOnlyList<string> Series { get; } = [Memory, Swap, Load, Pressure, DiskUsed, InodesUsed, OpenFiles, Tracked, ClockOffset, Since];

    /// <summary>Measures that a next run counts on from; their subject is the machine's start.</summary>
    public static IReadOnlyList<string> Counters { get; } = [Kills, Drops];

    /// <summary>Writes all of it down.</summary>
    public static void Measure(StepContext context, ResourceSurvey survey, ResourcePast past, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(survey);
        void Draw(string name, string unit, string what, double value, bool trend = false)
        {
            var points = ResourceTrends.Points(past, name, what, now, value);
            context.BeforeSeries(name, unit, what, points, trend ? ResourceTrends.Line(points) : null);
        }
        foreach (var memory in survey.Memory)
            Draw(Memory, "bytes", memory.Whose, memory.Available);
        if (survey.Swap is { Total: > 0 } swap)
            Draw(Swap, "bytes", Machine, swap.Total - swap.Free);
        if (survey.Load is { } load)
            Draw(Load, "load", Machine, load.PerCore);
        foreach (var pressure in survey.Pressure)
            Draw(Pressure, "share", pressure.For, pressure.Some);
        foreach (var disk in survey.Disks)
        {
            Draw(DiskUsed, "bytes", disk.Mount, disk.Bytes.Used, trend: true);
            context.Before("free_bytes", disk.Bytes.Free, "bytes", disk.Mount);
            if (disk.Bytes.DaysUntilFull is { } days)
                context.Before("days_until_full", days, "days", disk.Mount);
            if (disk.Inodes is not { } inodes)
                continue;
            Draw(InodesUsed, "count", disk.Mount, inodes.Used, trend: true);
            context.Before("free_inodes", inodes.Free, "count", disk.Mount);
        }
        if (survey.FailedUnits is { } failed)
            context.Before("failed_units", failed.Count, "count");
        if (survey.Clock?.Offset is { } offset)
            Draw(ClockOffset, "ms", Machine, offset.TotalMilliseconds);
        if (survey.OpenFiles is { } files)
            Draw(OpenFiles, "count", Machine, files.Open);
        if (survey.Tracked is { } tracked)
            Draw(Tracked, "count", Machine, tracked.Count);
        foreach (var counter in survey.Counters)
        {
            context.Before(counter.Name, counter.Value, "count", counter.Boot);
            if (counter.SinceLastRun is { } since)
                Draw(Since, "count", counter.Name == Kills ? "kills for want of memory" : "connections turned away", since);
        }
    }
}
