using Upkeep.Configuration;
using Upkeep.Host;
using Upkeep.Host.Certificates;
using Upkeep.Host.SecurityUpdates;
using Upkeep.Journal;

namespace Upkeep.Maintenance;

/// <summary>What the journal tells of the machine in earlier weeks.</summary>
public static class HostHistory
{
    /// <summary>Of a platform that may have no journal.</summary>
    public static HostPast Of(UpkeepConfiguration configuration, Doors doors) => new(() => JournalIfAny.Read(configuration, doors, [], DaysLeft))
    {
        PendingUpdates = () => JournalIfAny.Read(configuration, doors, [], Pending),
    };

    private static IReadOnlyList<DaysLeftPoint> DaysLeft(JournalFile journal)
    {
        var runs = RunHistory.Read(journal, RunHistory.RunsForPredictions, holder: null).Runs;
        return [.. DatedMeasures.Of(runs, "host.certificates", "certificate_days_left").Select(point => new DaysLeftPoint(point.At, point.What, point.Value))];
    }

    private static IReadOnlyList<PendingPoint> Pending(JournalFile journal)
    {
        var runs = RunHistory.Read(journal, RunHistory.RunsForPredictions, holder: null).Runs;
        return [.. DatedMeasures.Of(runs, "host.security-updates", "pending_updates").Select(point => new PendingPoint(point.At, point.What, point.Value))];
    }
}
