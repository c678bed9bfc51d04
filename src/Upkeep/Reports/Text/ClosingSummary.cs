using System.Text;
using Upkeep.Journal;

namespace Upkeep.Reports.Text;

/// <summary>What the terminal says when a run is over: the verdict, what was not checked, what needs a person, where the report is.</summary>
public static class ClosingSummary
{
    // A screen's worth; the report has the rest.
    private const int MostItems = 8;
    private const int LongestLine = 300;

    /// <param name="report">Path of the HTML report, or null where none was written.</param>
    /// <returns>Plain lines without a final line end; nothing in them moves a cursor.</returns>
    public static string Of(ReportModel model, string? report)
    {
        ArgumentNullException.ThrowIfNull(model);
        var text = new StringBuilder();
        text.AppendLine($"{SafeText.Line(model.Run.Platform)}, {model.Run.Run}: {model.Headline.Verdict}.");
        text.AppendLine(model.Headline.Detail);
        NotChecked(text, model);
        Attention(text, model);
        if (model.Run.Status == RunStatus.Stopped)
            text.AppendLine().AppendLine("Go on with: upkeep run --resume");
        if (report is not null)
            text.AppendLine().AppendLine($"Report: {report}");
        return text.ToString().TrimEnd();
    }

    private static void NotChecked(StringBuilder text, ReportModel model)
    {
        if (model.NotChecked.Count == 0)
            return;
        text.AppendLine().AppendLine("Not checked or not done:");
        foreach (var item in model.NotChecked.Take(MostItems))
        {
            var steps = string.Join(", ", item.Steps.Select(step => step.Id));
            text.AppendLine($"  {item.What,-9} {(steps.Length == 0 ? "" : steps + ": ")}{SafeText.Line(item.Reason, LongestLine)}");
            Hint(text, item.Hint);
        }
        More(text, model.NotChecked.Count);
    }

    private static void Attention(StringBuilder text, ReportModel model)
    {
        if (model.Attention.Count == 0)
            return;
        text.AppendLine().AppendLine("Needs a person:");
        foreach (var item in model.Attention.Take(MostItems))
        {
            var first = item.Findings[0];
            var more = item.Findings.Count > 1 ? $" (and {Counted.Of(item.Findings.Count - 1, "more like it", "more like it")})" : "";
            text.AppendLine($"  {item.Severity.ToString().ToLowerInvariant(),-9} {item.Step.Id}: {SafeText.Line(first.Message, LongestLine)}{more}");
            Hint(text, first.Hint);
        }
        More(text, model.Attention.Count);
    }

    private static void Hint(StringBuilder text, string? hint)
    {
        if (!string.IsNullOrEmpty(hint))
            text.AppendLine($"            {SafeText.Line(hint, LongestLine)}");
    }

    private static void More(StringBuilder text, int count)
    {
        if (count > MostItems)
            text.AppendLine($"  and {count - MostItems} more in the report");
    }
}
