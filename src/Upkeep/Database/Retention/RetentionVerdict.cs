using System.Globalization;
using Upkeep.Journal;
using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>Puts what was seen and done into words, measures and findings.</summary>
internal static class RetentionVerdict
{
    public static Check<RetentionSurvey> Of(RetentionSurvey survey, bool archive, StepContext context)
    {
        foreach (var rule in survey.Rules)
            Tell(rule, context);
        var broken = survey.Rules.Where(rule => rule.Problem is not null).ToList();
        var due = survey.Rules.Where(rule => rule.Problem is null).Sum(rule => rule.Due);
        if (due > 0)
            return Check.Due(survey, Summary(survey, archive));
        if (broken.Count == 0)
            return Check.NothingToDo(survey, "no row is older than its limit");
        var words = string.Join("; ", broken.Select(rule => rule.Problem));
        return broken.All(rule => rule.Refused) ? Check.Refused(survey, words, broken[0].Hint) : Check.Failed(survey, words, broken[0].Hint);
    }

    public static Act<RetentionEffect> Of(RetentionEffect effect, LaneEnd? ended, StepContext context)
    {
        foreach (var leaf in effect.Leaves)
            Tell(leaf, context);
        var undo = !effect.Archived ? UndoState.None : effect.Deleted > 0 ? UndoState.Available : UndoState.NotNeeded;
        var hint = undo == UndoState.NotNeeded ? null : effect.Archived ? $"upkeep rollback {context.Run} --step {context.Step.Id}" : "retention.archive is false: only a restore of the backup brings rows back";
        var done = $"{Counted.Of(effect.Deleted, "row")} removed{(effect.Archived ? " and archived" : ", not archived")}";
        return ended switch
        {
            { Verdict: LaneVerdict.Stopped, Reason: { } reason } => Act.StoppedAfter(effect, done, undo, hint, reason),
            { Reason: { } reason } => Act.Failed(effect, $"{reason} ({done} before)", ended.Hint, undo, hint),
            _ => Act.Done(effect, done, undo, hint),
        };
    }

    /// <summary>How many rows of a table are gone so far.</summary>
    public static void Measure(string schema, string name, long deleted, StepContext context) => context.After("deleted_rows", deleted, "rows", $"{schema}.{name}");

    private static string Summary(RetentionSurvey survey, bool archive)
    {
        var parts = survey.Rules.Where(rule => rule is { Problem: null, Due: > 0 }).Select(rule => string.Create(CultureInfo.InvariantCulture,
            $"{(rule.Exact ? "" : "about ")}{Counting.Number(rule.Due - rule.Kept)} of {Counted.Of(rule.Total, "row")} of {rule.Table} older than {rule.Limit:yyyy-MM-dd HH:mm}Z{(rule.Kept == 0 ? "" : $" ({Counting.Number(rule.Kept)} as old stay: other rows refer to them)")}"));
        return $"{(archive ? "archive and remove" : "remove")} {string.Join(", ", parts)}";
    }

    private static void Tell(RuleSurvey rule, StepContext context)
    {
        if (rule.Problem is { } problem)
        {
            context.Raise(Severity.Critical, rule.Refused ? "implausible-share" : "rule-not-followed", $"{problem}.", rule.Table, rule.Hint);
            return;
        }
        if (rule.Exact)
            context.Before("rows", rule.Total, "rows", rule.Table);
        else
            context.Raise(Severity.Info, "estimated", $"{rule.Table} is too large to count in time: its figures are the planner's estimates.", rule.Table);
        context.Before("due_rows", rule.Due, "rows", rule.Table);
        if (rule.Kept == 0)
            return;
        var silent = rule.Leaves.SelectMany(leaf => leaf.References).Where(reference => reference.Silent).Select(reference => reference.Name).Distinct().ToList();
        context.Raise(Severity.Info, "referenced-rows-kept",
            $"{Counted.Of(rule.Kept, $"old row of {rule.Table} stays", $"old rows of {rule.Table} stay")} because other rows refer to {(rule.Kept == 1 ? "it" : "them")}{(silent.Count == 0 ? "" : $"; {string.Join(", ", silent)} would have changed those silently")}.",
            rule.Table, "Add a rule for the table that refers to them, if its rows are old too.");
    }

    private static void Tell(LeafEffect leaf, StepContext context)
    {
        var table = $"{leaf.Schema}.{leaf.Name}";
        Measure(leaf.Schema, leaf.Name, leaf.Deleted, context);
        if (leaf.Manifest is not null)
            context.After("archive_size", leaf.Bytes, "bytes", table);
        if (leaf.Yields > 0)
            context.Raise(Severity.Info, "yielded", $"{Counted.Of(leaf.Yields, "batch", "batches")} on {table} ended early because another session waited for them.", table);
        if (leaf.Problem is { } problem)
            context.Raise(Severity.Critical, "table-not-finished", $"{problem}.", table);
    }
}
