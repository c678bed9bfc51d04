using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Reports;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>What the runs so far tell, folded from the journal run by run: the cost grows with the number of facts, and no faster.</summary>
public sealed class RunHistory
{
    /// <summary>Half a year of weeks: enough for a percentile, recent enough to follow a platform that grows.</summary>
    public const int RunsForPredictions = 26;

    private RunHistory(IReadOnlyList<RunDocument> runs)
    {
        Runs = runs;
    }

    /// <summary>The runs, newest first; dry ones left out.</summary>
    public IReadOnlyList<RunDocument> Runs { get; }

    /// <summary>Reads the newest runs.</summary>
    /// <param name="most">How many.</param>
    /// <param name="holder">Who is at work now; a newest run without an end is dead where nobody is.</param>
    public static RunHistory Read(JournalFile journal, int most, RunLockHolder? holder)
    {
        ArgumentNullException.ThrowIfNull(journal);
        return Of(journal.Runs().Select((run, index) => DeadRun.WithItsEnd(journal.ReadWithoutCheckpoints(run), holder, isNewest: index == 0))
            .Where(entries => entries.Count > 0).Select(RunDocument.From)
            .Where(run => !run.DryRun).Take(most));
    }

    /// <summary>Reads the newest runs, of a platform that may have none: to open a journal that isn't there would make it.</summary>
    public static RunHistory ReadIfAny(Platform platform, int most)
    {
        ArgumentNullException.ThrowIfNull(platform);
        if (!File.Exists(platform.JournalPath))
            return Of([]);
        // The lock first: a run that ends between the two looks has then written its end.
        var holder = RunLock.HolderOf(platform.Configuration.Root);
        using var journal = platform.OpenJournal();
        return Read(journal, most, holder);
    }

    /// <param name="runs">Newest first.</param>
    public static RunHistory Of(IEnumerable<RunDocument> runs) => new([.. runs.Where(run => !run.DryRun)]);

    /// <summary>What the planner wants to know of each step.</summary>
    public IReadOnlyDictionary<string, StepPast> Past(IEnumerable<StepDefinition> steps)
    {
        var byStep = Runs.SelectMany(run => run.Steps).ToLookup(step => step.Id, StringComparer.Ordinal);
        return steps.ToDictionary(step => step.Id, step => Past(step, byStep[step.Id]), StringComparer.Ordinal);
    }

    /// <summary>The amount of work that a step's check saw, in the unit of its <see cref="StepDefinition.WorkMeasure"/>, or null where it told none.</summary>
    public static double? WorkOf(StepDefinition definition, StepDocument step)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(step);
        List<MeasureDocument> amounts = [.. step.Measures.Where(measure => measure.Name == definition.WorkMeasure && measure.Before is not null)];
        // A figure for the whole is the sum of its parts already.
        return amounts.Count == 0 ? null : (amounts.FirstOrDefault(amount => amount.Subject is null)?.Before ?? amounts.Sum(amount => amount.Before));
    }

    private static StepPast Past(StepDefinition definition, IEnumerable<StepDocument> newestFirst)
    {
        var durations = new List<PastDuration>();
        var deferred = 0;
        var counting = true;
        foreach (var step in newestFirst)
        {
            // Skipped without a look: not asked for, or switched off. Such a run says nothing of the step, and doesn't end its waiting.
            if (step is { Status: StepStatus.Skipped, StartedAt: null } or { Status: StepStatus.Running })
                continue;
            counting &= step.Status == StepStatus.Deferred;
            deferred += counting ? 1 : 0;
            // Resumed work was paid for in two runs; neither attempt alone is what the work takes.
            if (step is { Status: StepStatus.Succeeded or StepStatus.Attention or StepStatus.Skipped, Attempts: 1, DurationMs: { } took })
                durations.Add(new PastDuration(TimeSpan.FromMilliseconds(took), WorkOf(definition, step), Idle(step)));
        }
        return new StepPast(durations, deferred);
    }

    private static bool Idle(StepDocument step) => step.Status == StepStatus.Skipped || step.Undo == UndoState.NotNeeded;
}
