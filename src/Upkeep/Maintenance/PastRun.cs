using Upkeep.Journal;
using Upkeep.Reports;

namespace Upkeep.Maintenance;

/// <summary>A run in a line, with how it compares to the one before.</summary>
/// <param name="Duration">From its start to its end, pauses between interruptions included; null while it goes on.</param>
/// <param name="RowsRemoved">Rows deleted and not put back, as far as was told; null where no step that deletes told of any.</param>
/// <param name="Findings">Those that need a person: warnings and criticals.</param>
/// <param name="Before">The run compared with: the newest earlier one that was started and ended; null for the first.</param>
public sealed record PastRun(RunDocument Run, TimeSpan? Duration, double? RowsRemoved, int Findings, PastRun? Before)
{
    private const string DeletedRows = "deleted_rows";

    /// <summary>Whether more may have been removed: a step that deletes has no end, because it goes on or was killed.</summary>
    public bool RemovedMore { get; private init; }

    /// <summary>The runs with their trends, in the order given.</summary>
    /// <param name="newestFirst">All runs; a trend is only known where the earlier run is among them.</param>
    public static IReadOnlyList<PastRun> Of(IReadOnlyList<RunDocument> newestFirst)
    {
        ArgumentNullException.ThrowIfNull(newestFirst);
        var lines = new List<PastRun>(newestFirst.Count);
        PastRun? before = null;
        foreach (var run in newestFirst.Reverse())
        {
            // Only the one before is kept, or each run would hold on to all earlier ones.
            var line = Of(run) with { Before = before is null ? null : before with { Before = null } };
            lines.Add(line);
            if (run.Status is not (RunStatus.Refused or RunStatus.Running))
                before = line;
        }
        lines.Reverse();
        return lines;
    }

    private static PastRun Of(RunDocument run)
    {
        List<StepDocument> deleting = [.. run.Steps.Where(step => step.Undo != UndoState.Applied && step.Measures.Any(measure => measure.Name == DeletedRows))];
        List<double> deleted = [.. deleting.SelectMany(step => step.Measures).Where(measure => measure.Name == DeletedRows).Select(measure => measure.After).OfType<double>()];
        return new PastRun(run, run.FinishedAt - run.StartedAt, deleted.Count == 0 ? null : deleted.Sum(),
            run.Steps.Sum(step => step.Findings.Count(finding => finding.Severity > Severity.Info)), null)
        {
            RemovedMore = deleting.Any(step => step.DurationMs is null),
        };
    }
}
