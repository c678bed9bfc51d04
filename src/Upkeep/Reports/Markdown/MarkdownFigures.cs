using System.Text;
using static Upkeep.Reports.Markdown.MarkdownText;

namespace Upkeep.Reports.Markdown;

/// <summary>The tables of what was measured before and after.</summary>
internal static class MarkdownFigures
{
    // The wiki's reader wants the moves; the HTML has the rest.
    private const int MostRows = 15;

    public static void Write(StringBuilder text, ReportModel model)
    {
        var compared = model.Steps
            .Select(section => (section.Step, Tables: section.Tables.Where(table => table.Columns.Any(column => column.Compares)).ToList()))
            .Where(step => step.Tables.Count > 0)
            .ToList();
        text.Heading("Before and after");
        if (compared.Count == 0)
            text.Line("No figure was taken both before and after.");
        foreach (var (step, tables) in compared)
        {
            text.Line($"### {Of(step.Title)} ({Of(step.Id)})").Line();
            if (step.Undo == Journal.UndoState.Applied)
                text.Line(StepSection.BeforeUndo).Line();
            foreach (var table in tables)
                Table(text, table);
        }
    }

    private static void Table(StringBuilder text, MeasureTable table)
    {
        text.Line($"| Subject | {string.Join(" | ", table.Columns.Select(column => Of(Words.Label(column.Name))))} |")
            .Line($"|---|{string.Concat(table.Columns.Select(_ => "--:|"))}");
        foreach (var row in table.Rows.Take(MostRows))
            text.Line($"| {Of(row.Subject ?? "whole platform", 200)} | {string.Join(" | ", row.Cells.Select(Cell))} |");
        var left = table.Left + Math.Max(0, table.Rows.Count - MostRows);
        if (left > 0)
            text.Line().Line($"and {Counted.Of(left, "more", "more")} in {ReportFiles.Document}");
        text.Line();
    }

    private static string Cell(MeasureDocument cell) => cell switch
    {
        { Before: { } before, After: { } after } =>
            $"{Words.Figure(before, cell.Unit)} → {Words.Figure(after, cell.Unit)}{(Words.Change(before, after) is { Length: > 0 } change ? $" ({change})" : "")}",
        _ => (cell.After ?? cell.Before) is { } only ? Words.Figure(only, cell.Unit) : "not measured",
    };
}

internal static class MarkdownLines
{
    public static StringBuilder Line(this StringBuilder text, string line = "") => text.Append(line).Append('\n');

    /// <summary>A second-level heading with its blank lines.</summary>
    public static StringBuilder Heading(this StringBuilder text, string title) => text.Line().Line($"## {title}").Line();
}
