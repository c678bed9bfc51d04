using System.Globalization;
using Spectre.Console;
using Upkeep.Cli.Output;
using Upkeep.Configuration;
using Upkeep.Planning;
using Upkeep.Reports;

namespace Upkeep.Cli.Verbs.Schedule;

/// <summary>The coming windows as a table.</summary>
internal static class ScheduleText
{
    public static void Write(CommandOutput output, UpkeepConfiguration configuration, DateTimeOffset now, IReadOnlyList<MaintenanceWindow> windows)
    {
        var first = windows[0];
        output.Line($"{configuration.Platform}: {(first.Contains(now) ? $"a window is open, it ends in {Amount.Duration(first.End - now)}" : $"the next window starts in {Amount.Duration(first.Start - now)}")}. Local times are those of {configuration.Window.TimeZone}.");
        var table = new Table().Border(TableBorder.Simple).AddColumns("Window", "Preparation", "Start", "End", "Preparation UTC", "Start UTC", "End UTC", "Length");
        foreach (var window in windows)
        {
            table.AddRow([
                .. new[]
                {
                    Text(window.Start, "ddd yyyy-MM-dd"), Local(window.PreparationOpens, window.Date), Local(window.Start, window.Date), Local(window.End, window.Date),
                    Utc(window.PreparationOpens), Utc(window.Start), Utc(window.End), Amount.Duration(window.Length) + (window.Note is null ? "" : " *"),
                }.Select(cell => new Text(cell))]);
        }
        output.Render(table);
        foreach (var window in windows.Where(window => window.Note is not null))
            output.Line($"* {window.Date:yyyy-MM-dd}: {window.Note}.");
    }

    // The day is said where it isn't the window's own.
    private static string Local(DateTimeOffset at, DateOnly date) => DateOnly.FromDateTime(at.DateTime) == date ? Text(at, "HH:mm zzz") : Text(at, "ddd HH:mm zzz");

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset at, string format) => at.ToString(format, CultureInfo.InvariantCulture);
}
