using Upkeep.Configuration;
using Upkeep.Host;
using Upkeep.Host.Certificates;
using Upkeep.Host.Resources;
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
        Resources = () => JournalIfAny.Read(configuration, doors, ResourcePast.None, Resources),
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

    private static ResourcePast Resources(JournalFile journal)
    {
        var runs = RunHistory.Read(journal, RunHistory.RunsForPredictions, holder: null).Runs;
        return new ResourcePast(
            [.. ResourceFigures.Series.SelectMany(name => DatedMeasures.Of(runs, ResourcesStep.Id, name).Select(point => new ResourcePoint(point.At, name, point.What, point.Value)))],
            // What a run counted that didn't come to its end, the one after it tells again.
            [.. from step in runs.SelectMany(run => run.Steps)
                where step.Id == ResourcesStep.Id && step.Status is StepStatus.Succeeded or StepStatus.Attention
                from measure in step.Measures
                where ResourceFigures.Counters.Contains(measure.Name) && measure.Before is not null && measure.Subject is not null
                select new CounterMark(measure.Name, measure.Subject!, (long)measure.Before!.Value)]);
    }
}
