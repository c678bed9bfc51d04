using System.Globalization;
using Spectre.Console;
using Upkeep.Cli.Output;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Planning;
using Upkeep.Reports;

namespace Upkeep.Cli.Verbs.Plan;

/// <summary>A plan as a table, and below it what is not in it and why.</summary>
internal static class PlanText
{
    public static void Write(CommandOutput output, string platform, DateTimeOffset now, LookedPlan looked)
    {
        var plan = looked.Plan;
        Heading(output, platform, now, looked);
        var running = plan.Steps.Where(step => step.Decision == PlanDecision.Run).ToList();
        var common = CommonFailure(running, looked);
        if (common is not null)
            output.Line($"{SafeText.Line(common.Value.Reason, 500)}{(common.Value.Hint is { } hint ? $"\n  hint: {SafeText.Line(hint, 500)}" : "")}");
        var table = new Table().Border(TableBorder.Simple).AddColumns("Starts", "Step", "Predicted", "What it would do now");
        foreach (var step in running)
        {
            table.AddRow(new Text(Clock(step.ExpectedStart!.Value, plan)), new Text(step.Definition.Id),
                new Text(Amount.Duration(step.Predicted!.Value) + (step.PredictionSource!.StartsWith("no history", StringComparison.Ordinal) ? " ?" : "")), new Text(What(step, looked, common?.Reason)));
        }
        output.Render(table);
        if (running.Any(step => step.PredictionSource!.StartsWith("no history", StringComparison.Ordinal)))
            output.Line("? no history yet: a cautious guess.");
        Left(output, looked, PlanDecision.Defer, "Deferred to the next window, where it comes first:");
        Left(output, looked, PlanDecision.Skip, "Not in this run:");
        foreach (var warning in plan.Warnings)
            output.Line($"Warning: {warning}");
    }

    private static void Heading(CommandOutput output, string platform, DateTimeOffset now, LookedPlan looked)
    {
        var plan = looked.Plan;
        var window = plan.Window!;
        var when = window.Contains(now) ? "open now" : $"in {Amount.Duration(window.Start - now)}";
        output.Line(string.Create(CultureInfo.InvariantCulture,
            $"{platform}: plan for the window of {window.Start:dddd yyyy-MM-dd HH:mm}–{window.End:HH:mm} {window.TimeZone} ({when}), preparation from {window.PreparationOpens:HH:mm}."));
        if (window.Note is { } note)
            output.Line($"The clock changes: {note}.");
        var deferred = plan.Steps.Count(step => step.Decision == PlanDecision.Defer);
        var unseen = plan.Steps.Count(step => looked.VerdictOf(step.Definition) == LookVerdict.Failed);
        if (unseen > 0)
            output.Line($"{Counted.Of(unseen, "step")} could not look, so what a run would do is not known; the times below don't count on it.");
        var refused = plan.Steps.Where(step => looked.VerdictOf(step.Definition) == LookVerdict.Refused).Select(step => step.Definition.Id).ToList();
        if (looked.IsNoGo)
            output.Line($"NO-GO: as things are now, a run would be refused by {string.Join(", ", refused)}; the times below are for when nothing is in the way.");
        else if (refused.Count > 0)
            output.Line($"{Counted.Of(refused.Count, "step")} would be refused as things are now: {string.Join(", ", refused)}.");
        if (unseen > 0 && deferred == 0)
            return;
        output.Line((deferred == 0 ? "Everything fits" : $"{Counted.Of(deferred, "step")} would not fit and {(deferred == 1 ? "is" : "are")} deferred")
            + (plan.ExpectedEnd is { } end ? $": it should be over by {Clock(end, plan)}; the work must be by {Clock(plan.WorkEndsBy!.Value, plan)}." : "."));
    }

    // A database that is away keeps most steps from looking: one cause is told once.
    private static (string Reason, string? Hint)? CommonFailure(IReadOnlyList<PlannedStep> running, LookedPlan looked)
    {
        var shared = running.Where(step => looked.VerdictOf(step.Definition) == LookVerdict.Failed).Select(step => looked.Looks[step.Definition.Id])
            .GroupBy(seen => seen.Reason ?? "").Where(group => group.Key.Length > 0 && group.Count() > 1).MaxBy(group => group.Count());
        return shared is null ? null : (shared.Key, shared.First().Hint);
    }

    private static string What(PlannedStep step, LookedPlan looked, string? common)
    {
        var seen = looked.Looks.GetValueOrDefault(step.Definition.Id);
        var said = seen?.Looked ?? seen?.Reason ?? seen?.Summary ?? "";
        var what = looked.VerdictOf(step.Definition) switch
        {
            LookVerdict.Due or LookVerdict.Looked => said,
            LookVerdict.NothingToDo => $"nothing to do: {said}",
            LookVerdict.Skipped => $"would be skipped: {said}",
            LookVerdict.Refused => $"NO-GO now: {said}",
            LookVerdict.Failed => $"FAILED to look: {(seen?.Reason == common && common is not null ? "as above" : said)}",
            _ => step.Definition.Title,
        };
        var worst = seen?.Findings.Where(finding => finding.Severity > Severity.Info).ToList() ?? [];
        var notes = new[]
        {
            step.Reason,
            step.TimesDeferred > 0 ? $"deferred in the last {Counted.Of(step.TimesDeferred, "run")}, so it comes first" : null,
            looked.VerdictOf(step.Definition) is LookVerdict.Refused or LookVerdict.Failed && seen?.Reason != common ? seen?.Hint : null,
            worst.Count > 0 ? $"{Counted.Of(worst.Count, "finding")} for a person, first: {worst[0].Message}" : null,
        }.OfType<string>();
        return SafeText.Line(string.Join(" · ", [what, .. notes]), 2000);
    }

    private static void Left(CommandOutput output, LookedPlan looked, PlanDecision decision, string heading)
    {
        var left = looked.Plan.Steps.Where(step => step.Decision == decision).ToList();
        if (left.Count == 0)
            return;
        output.Line(heading);
        foreach (var step in left)
            output.Line($"  {step.Definition.Id}: {step.Reason}");
    }

    private static string Clock(DateTimeOffset at, Planning.Plan plan) => new PlatformClock(plan.Window!.TimeZone).Minute(at);
}
