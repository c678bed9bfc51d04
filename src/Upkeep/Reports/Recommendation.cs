using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>Something to do before or in next week's window, and the fact that it follows from.</summary>
/// <param name="Rank">0 is most urgent.</param>
/// <param name="FollowsFrom">The finding or state behind it, with the step's id: nobody should have to believe it.</param>
public sealed record Recommendation(int Rank, string Advice, string FollowsFrom, StepDocument? Step)
{
    /// <summary>Every rule over every fact, most urgent first, the same advice once.</summary>
    public static IReadOnlyList<Recommendation> Of(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return
        [
            .. Failures(run).Concat(Findings(run)).Concat(PutOff(run)).Concat(Unseen(run)).Concat(Waived(run)).Concat(Restore(run))
                .OrderBy(advice => advice.Rank)
                .DistinctBy(advice => advice.Advice),
        ];
    }

    private static IEnumerable<Recommendation> Failures(RunDocument run) =>
        run.Steps.Where(step => AttentionItem.IsCause(step, run))
            .Select(step => new Recommendation(0, step.Hint ?? $"Find out why {step.Id} {Words.Status(step.Status)} before the next window.",
                $"{step.Id} {Words.Status(step.Status)}: {step.Reason}", step));

    private static IEnumerable<Recommendation> Findings(RunDocument run) =>
        from step in run.Steps
        from finding in step.Findings
        where finding.Hint is not null
        group (step, finding) by (step.Id, finding.Code, finding.Severity, finding.Hint) into same
        let first = same.First()
        let more = same.Count() - 1
        select new Recommendation(RankOf(first.finding.Severity), first.finding.Hint!,
            $"{first.step.Id}, {first.finding.Code}: {first.finding.Message}{(more > 0 ? $" (and {Counted.Of(more, "more like it", "more like it")})" : "")}", first.step);

    private static IEnumerable<Recommendation> PutOff(RunDocument run) =>
        run.Steps.Where(step => step.Status == StepStatus.Deferred)
            .Select(step => new Recommendation(2, $"{step.Title} ({step.Id}) comes first in the next window.", $"{step.Id} deferred: {step.Reason}", step));

    private static IEnumerable<Recommendation> Unseen(RunDocument run) =>
        run.Steps.Where(step => step is { Status: StepStatus.Skipped, Hint: not null })
            .Select(step => new Recommendation(3, step.Hint!, $"{step.Id} skipped: {step.Reason}", step));

    private static IEnumerable<Recommendation> Waived(RunDocument run) =>
        // What was asked for on the command line is over with this run.
        run.Waivers.Where(waiver => !waiver.Contains("(--", StringComparison.Ordinal)).Select(waiver => new Recommendation(4, "Take the waiver out of the configuration once its reason is gone.", $"waived: {waiver}", null));

    private static IEnumerable<Recommendation> Restore(RunDocument run) =>
        run.Steps.Where(step => step is { Id: "preparation.backup", Status: StepStatus.Succeeded or StepStatus.Attention } && run.Steps.All(other => other.Id != "backups.restore-test"))
            .Select(step => new Recommendation(4, "Restore this week's backup somewhere harmless and compare its rows with the manifest.",
                $"{step.Id} took a backup, and no step of this run restored it", step));

    private static int RankOf(Severity severity) => severity switch { Severity.Critical => 0, Severity.Warning => 1, _ => 5 };
}
