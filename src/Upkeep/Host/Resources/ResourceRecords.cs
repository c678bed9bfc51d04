using System.Text.Json.Serialization;

namespace Upkeep.Host.Resources;

/// <summary>How the machine stands. What is null, or missing from a list, is among <see cref="NotSeen"/>, or isn't there on this machine.</summary>
public sealed record ResourceSurvey
{
    /// <summary>The machine's own first, then that of the control group that we are in, where it may use less.</summary>
    public IReadOnlyList<MemoryState> Memory { get; init; } = [];
    public SwapState? Swap { get; init; }
    public LoadState? Load { get; init; }
    public IReadOnlyList<PressureState> Pressure { get; init; } = [];
    public IReadOnlyList<DiskState> Disks { get; init; } = [];
    /// <summary>Null where systemd could not be asked.</summary>
    public IReadOnlyList<string>? FailedUnits { get; init; }
    public ClockState? Clock { get; init; }
    public OpenFilesState? OpenFiles { get; init; }
    public TrackedState? Tracked { get; init; }
    /// <summary>What the kernel counts from its start on.</summary>
    public IReadOnlyList<CounterState> Counters { get; init; } = [];
    public IReadOnlyList<NotSeen> NotSeen { get; init; } = [];
}

/// <summary>Something that could not be looked at.</summary>
/// <param name="Code">The finding's code, without its ending.</param>
/// <param name="What">In words that follow "Not checked:".</param>
public sealed record NotSeen(string Code, string What, string Why, string? Hint);

/// <summary>Memory, in bytes.</summary>
/// <param name="Whose"><c>machine</c>, or the control group's path.</param>
/// <param name="Available">What programs can still get without swapping, the cache that would give way included.</param>
public sealed record MemoryState(string Whose, long Total, long Available)
{
    [JsonIgnore]
    public double AvailableShare => Total == 0 ? 0 : (double)Available / Total;
}

/// <summary>Swap, in bytes; a total of 0 is a machine without.</summary>
public sealed record SwapState(long Total, long Free)
{
    [JsonIgnore]
    public double UsedShare => Total == 0 ? 0 : (double)(Total - Free) / Total;
}

/// <summary>The load average of the last 15 minutes, and the cores that share it.</summary>
public sealed record LoadState(double Average, int Cores)
{
    [JsonIgnore]
    public double PerCore => Average / Cores;
}

/// <summary>For which share of the last five minutes some task, or all of them at once, waited for something.</summary>
/// <param name="For"><c>cpu</c>, <c>memory</c> or <c>io</c>.</param>
/// <param name="Full">Null where the kernel doesn't tell.</param>
public sealed record PressureState(string For, double Some, double? Full);

/// <summary>A disk, by the first place where it is mounted. Bytes and inodes are what an ordinary user may still use, and what is used.</summary>
/// <param name="Inodes">Null where the file system makes them as needed.</param>
public sealed record DiskState(string Mount, string FileSystem, RoomState Bytes, RoomState? Inodes);

/// <summary>Room that fills.</summary>
public sealed record RoomState(long Total, long Used, long Free)
{
    /// <summary>By how much it fills, by Theil and Sen over what earlier runs saw; null where too little is known.</summary>
    public double? PerDay { get; init; }

    /// <summary>At that rate; null where it doesn't fill, or not within ten years, or it isn't known.</summary>
    public int? DaysUntilFull { get; init; }

    /// <summary>Of what an ordinary user may have at all, as df counts: what is reserved for root is neither used nor free.</summary>
    [JsonIgnore]
    public double FreeShare => Used + Free == 0 ? 0 : (double)Free / (Used + Free);
}

/// <summary>The clock.</summary>
/// <param name="By">Which program told.</param>
/// <param name="Offset">How far it is off; null where that isn't told.</param>
public sealed record ClockState(string By, bool Synchronised, TimeSpan? Offset);

/// <summary>Files that all programs have open, and how many the kernel allows.</summary>
public sealed record OpenFilesState(long Open, double Most)
{
    [JsonIgnore]
    public double Share => Most == 0 ? 0 : Open / Most;
}

/// <summary>Connections in the firewall's table, and how many it holds.</summary>
public sealed record TrackedState(long Count, long Most)
{
    [JsonIgnore]
    public double Share => Most == 0 ? 0 : (double)Count / Most;
}

/// <summary>A figure that the kernel counts up from its start.</summary>
/// <param name="Name">The measure that it is written down as.</param>
/// <param name="Boot">Which start of the machine it counts from.</param>
/// <param name="SinceLastRun">By how much it rose since the last run; after a restart since that, where the count before is lost. Null where no run saw it before.</param>
public sealed record CounterState(string Name, string Boot, long Value, long? SinceLastRun)
{
    /// <summary>Whether the machine was restarted since the last run.</summary>
    public bool Restarted { get; init; }
}

/// <summary>A figure that an earlier run saw.</summary>
public sealed record ResourcePoint(DateTimeOffset At, string Measure, string What, double Value);

/// <summary>What an earlier run read of a counter.</summary>
/// <param name="Boot">Which start of the machine it counted from.</param>
public sealed record CounterMark(string Name, string Boot, long Value);

/// <summary>What earlier runs saw.</summary>
/// <param name="Marks">The newest first.</param>
public sealed record ResourcePast(IReadOnlyList<ResourcePoint> Points, IReadOnlyList<CounterMark> Marks)
{
    public static ResourcePast None { get; } = new([], []);
}
