using System.Globalization;
using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>Figures and names as people read them.</summary>
public static class Words
{
    /// <summary>A figure: counts as <c>120,000</c>, bytes, times and shares with their unit.</summary>
    public static string Figure(double value, string unit) => unit switch
    {
        "bytes" => Amount.Bytes(value),
        "ms" => Duration(value),
        "seconds" => Duration(value * 1000),
        "share" => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.##} %"),
        _ => Math.Abs(value) >= 100 || value == Math.Truncate(value)
            ? value.ToString("#,##0", CultureInfo.InvariantCulture)
            : value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    // A figure of someone else's may be beyond what a TimeSpan holds, or no number.
    private static string Duration(double milliseconds) =>
        double.IsNaN(milliseconds) ? "not a number" : Amount.Duration(TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, -1e12, 1e12)));

    /// <summary>How a figure moved, for example <c>−98 %</c>; empty where that says nothing.</summary>
    public static string Change(double? before, double? after)
    {
        if (before is not { } from || after is not { } to || from == 0 || from == to)
            return "";
        var share = (to - from) / Math.Abs(from) * 100;
        var sign = share < 0 ? "−" : "+";
        return Math.Abs(share) switch
        {
            < 0.1 => "",
            < 10 => string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(share):0.#} %"),
            < 1000 => string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(share):0} %"),
            _ => string.Create(CultureInfo.InvariantCulture, $"×{Math.Abs(to / from):#,##0}"),
        };
    }

    /// <summary>A snake_case or kebab-case name as words: <c>dead_rows</c> as <c>Dead rows</c>.</summary>
    public static string Label(string name)
    {
        var words = name.Replace('_', ' ').Replace('-', ' ').Trim();
        return words.Length == 0 ? name : char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>A step's state: how it ended, or that it was undone since, or in part.</summary>
    public static string State(StepDocument step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step switch
        {
            { Undo: UndoState.Applied } => "undone",
            { Unfinished: not null, Status: StepStatus.Succeeded or StepStatus.Attention or StepStatus.Failed } => "not wholly undone",
            _ => Status(step.Status),
        };
    }

    public static string Status(StepStatus status) => status.ToString().ToLowerInvariant();

    public static string Status(RunStatus status) => status == RunStatus.RolledBack ? "rolled back" : status.ToString().ToLowerInvariant();
}
