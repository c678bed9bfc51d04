using Upkeep.Journal;
using Upkeep.Reports;

namespace Upkeep.Maintenance;

/// <summary>Figures of a time that earlier runs wrote down.</summary>
internal static class DatedMeasures
{
    /// <summary>Each once: a run writes down all that it knows of earlier ones, so that the newest of one second is as good as any. No lines drawn through others.</summary>
    public static IEnumerable<(DateTimeOffset At, string What, double Value)> Of(IReadOnlyList<RunDocument> runs, string step, string name) =>
        from measure in runs.SelectMany(run => run.Steps).Where(one => one.Id == step).SelectMany(one => one.Measures)
        where measure.Name == name && measure.Before is not null
        let subject = DatedSubject.Instant(measure.Subject)
        where subject is not null && !subject.Value.What.EndsWith(DatedSubject.Trend, StringComparison.Ordinal)
        group measure.Before!.Value by subject.Value into same
        select (same.Key.At, same.Key.What, same.First());
}
