using Upkeep.Configuration;
using Upkeep.Planning;

namespace Upkeep.Cli.Verbs.Schedule;

/// <summary>The coming windows as JSON.</summary>
internal sealed record ScheduleDocument(int Schema, string Platform, string TimeZone, DateTime Now, IReadOnlyList<WindowDocument> Windows)
{
    public static ScheduleDocument Of(UpkeepConfiguration configuration, DateTimeOffset now, IReadOnlyList<MaintenanceWindow> windows) =>
        new(1, configuration.Platform, configuration.Window.TimeZone, now.UtcDateTime, [.. windows.Select(window => WindowDocument.Of(window, now))]);
}

/// <summary>One window as JSON.</summary>
/// <param name="Date">The local date it starts on, which names its run.</param>
/// <param name="Open">Whether the instant of asking lies in it or its preparation.</param>
/// <param name="Note">What the clock does to it; absent where it does nothing.</param>
internal sealed record WindowDocument(DateOnly Date, bool Open, MomentDocument PreparationOpens, MomentDocument Start, MomentDocument End, long LengthSeconds, string? Note)
{
    public static WindowDocument Of(MaintenanceWindow window, DateTimeOffset now) =>
        new(window.Date, window.Contains(now), MomentDocument.Of(window.PreparationOpens), MomentDocument.Of(window.Start), MomentDocument.Of(window.End),
            (long)window.Length.TotalSeconds, window.Note);
}

/// <summary>An instant as the platform's clocks show it, with their offset, and in UTC.</summary>
internal sealed record MomentDocument(DateTimeOffset Local, DateTime Utc)
{
    public static MomentDocument Of(DateTimeOffset at) => new(at, at.UtcDateTime);
}
