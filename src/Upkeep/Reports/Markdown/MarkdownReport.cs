using System.Globalization;
using System.Text;
using static Upkeep.Reports.Markdown.MarkdownText;

namespace Upkeep.Reports.Markdown;

/// <summary>The weekly report as Markdown: for a wiki, a ticket, a mail.</summary>
public static class MarkdownReport
{
    /// <summary>The file's whole text.</summary>
    public static string Render(ReportModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var text = new StringBuilder();
        Summary(text, model);
        NotCheckedItems(text, model);
        Activities(text, model);
        MarkdownFigures.Write(text, model);
        Issues(text, model);
        Backup(text, model);
        Recommendations(text, model);
        SignOff(text, model);
        text.Line().Line($"Every figure here was read from the journal of run {Of(model.Run.Run)}; {ReportFiles.Document} holds all of them, {ReportFiles.Summary} shows them.");
        return text.ToString();
    }

    private static void Summary(StringBuilder text, ReportModel model)
    {
        var run = model.Run;
        text.Line($"# Weekly maintenance of {Of(run.Platform)}").Line()
            .Line($"{model.Clock.Day(run.StartedAt)} · run {Of(run.Run)} · **{Words.Status(run.Status)}**").Line()
            .Heading("Executive summary")
            .Line($"**{Of(model.Headline.Verdict)}.** {Of(model.Headline.Detail)}").Line()
            .Line("| | |").Line("|---|---|");
        foreach (var figure in model.KeyFigures)
            text.Line($"| {Of(figure.Label)} | {(figure.Before is null ? "" : Of(figure.Before) + " → ")}{Of(figure.Value)}{(figure.Note is null ? "" : $" ({Of(figure.Note)})")} |");
        foreach (var interruption in run.Interruptions)
            text.Line($"| Interrupted and taken up again | {Of(interruption)} |");
        if (model.Timeline is { Window: { } window } timeline)
            text.Line($"| Window | {model.Clock.Minute(window.Start)}–{model.Clock.Minute(window.End)} {Of(model.Clock.Zone)}{(timeline.ShareOfWindow is { } share ? $", {Words.Figure(share, "share")} used" : ", the run was outside it")} |");
    }

    private static void NotCheckedItems(StringBuilder text, ReportModel model)
    {
        text.Heading("Not checked, not done");
        if (model.NotChecked.Count == 0)
            text.Line("Every step of the plan looked, and no protection was waived.");
        foreach (var item in model.NotChecked)
        {
            text.Line($"- **{item.What}**: {Of(item.Reason)}{(item.Hint is null ? "" : $" *Hint:* {Of(item.Hint)}")}");
            if (item.Steps.Count > 0)
                text.Line($"  ({string.Join(", ", item.Steps.Select(step => Of(step.Id)))})");
        }
    }

    private static void Activities(StringBuilder text, ReportModel model)
    {
        text.Heading("Activities").Line("| Step | State | What | Took | Undo |").Line("|---|---|---|--:|---|");
        foreach (var step in model.Steps.Select(section => section.Step))
        {
            var took = step.DurationMs is { } duration ? Amount.Duration(TimeSpan.FromMilliseconds(duration)) : "";
            var undo = step.Undo == Journal.UndoState.NotNeeded ? "not needed" : step.Undo.ToString().ToLowerInvariant();
            text.Line($"| {Of(step.Title)} ({Of(step.Id)}) | **{Words.State(step)}** | {Of(step.Reason ?? step.Summary, 400)} | {took} | {undo} |");
        }
    }

    private static void Issues(StringBuilder text, ReportModel model)
    {
        text.Heading("Issues");
        if (model.Attention.Count == 0)
            text.Line("Nothing needs a person: no step failed, and no finding is above information.");
        foreach (var (item, finding) in model.Attention.SelectMany(item => item.Findings.Select(finding => (item, finding))))
        {
            text.Line($"- **{item.Severity.ToString().ToLowerInvariant()}** {Of(item.Step.Id)}, {Of(item.Code)}: {Of(finding.Message)}");
            if (finding.Hint is not null)
                text.Line($"  *Hint:* {Of(finding.Hint)}");
        }
    }

    private static void Backup(StringBuilder text, ReportModel model)
    {
        text.Heading("Backup status");
        foreach (var fact in model.Backup.Facts)
            text.Line($"- **{fact.Name}**: {Of(fact.Says)}");
        if (model.Backup.Days is not { } days)
            return;
        text.Line().Line("| Day | Whole backups |").Line("|---|--:|");
        foreach (var day in days.Days)
            text.Line($"| {day.Day.ToString("ddd yyyy-MM-dd", CultureInfo.InvariantCulture)} | {(day.Value > 0 ? Words.Figure(day.Value, days.Unit) : "none")} |");
    }

    private static void Recommendations(StringBuilder text, ReportModel model)
    {
        text.Heading("Recommendations");
        if (model.Recommendations.Count == 0)
            text.Line("Nothing follows from this run.");
        for (var at = 0; at < model.Recommendations.Count; at++)
        {
            text.Line(string.Create(CultureInfo.InvariantCulture, $"{at + 1}. {Of(model.Recommendations[at].Advice)}  "))
                .Line($"   Follows from: {Of(model.Recommendations[at].FollowsFrom, 400)}");
        }
    }

    private static void SignOff(StringBuilder text, ReportModel model)
    {
        text.Heading("Sign-off").Line("| Role | Name | Date | Signature |").Line("|---|---|---|---|");
        foreach (var role in model.SignOff)
            text.Line($"| {role} | | | |");
    }
}
