using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Logs.DiskUsage;

namespace Upkeep.Maintenance;

/// <summary>What the journal tells of the room that logs took.</summary>
public static class LogSizeHistory
{
    /// <summary>Reads it, of a platform that may have no journal: to open one that isn't there would make it.</summary>
    public static IReadOnlyList<LogSizePoint> ReadIfAny(UpkeepConfiguration configuration, Doors doors)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(doors);
        var path = Platform.JournalPathOf(configuration);
        if (!File.Exists(path))
            return [];
        using var journal = JournalFile.Open(path, doors.Redactor, doors.Time);
        var runs = RunHistory.Read(journal, RunHistory.RunsForPredictions, holder: null).Runs;
        return [.. DatedMeasures.Of(runs, "logs.disk-usage", "log_folder_size").Select(point => new LogSizePoint(point.At, point.What, point.Value))];
    }
}
