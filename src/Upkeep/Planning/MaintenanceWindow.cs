namespace Upkeep.Planning;

/// <summary>
/// One maintenance window. The instants carry the platform's own offset at that moment, so that their local reading and their
/// <see cref="DateTimeOffset.UtcDateTime"/> are both at hand.
/// </summary>
public sealed record MaintenanceWindow
{
    /// <summary>The local date the window starts on; names the run (<c>weekly-YYYYMMDD</c>) and is different for every window.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>IANA id of the platform's zone.</summary>
    public required string TimeZone { get; init; }

    /// <summary>From here on preparation may run, and nothing else; never after <see cref="Start"/>.</summary>
    public required DateTimeOffset PreparationOpens { get; init; }

    /// <summary>The first instant of the window.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>The first instant that is no longer in the window; always after <see cref="Start"/>.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>What the local clock does to this window, for people, where it changes during it or its preparation; else null.</summary>
    public string? Note { get; init; }

    /// <summary>How long the window really lasts.</summary>
    public TimeSpan Length => End - Start;

    /// <summary>Whether a run may be under way at the instant: from the opening of the preparation to just before the end.</summary>
    public bool Contains(DateTimeOffset instant) => PreparationOpens <= instant && instant < End;
}
