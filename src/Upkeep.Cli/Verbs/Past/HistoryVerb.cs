using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Upkeep.Cli.Output;
using Upkeep.Maintenance;
using Upkeep.Reports;

namespace Upkeep.Cli.Verbs.Past;

/// <summary><c>upkeep history</c>: the runs so far, one line each, with how each compares to the one before.</summary>
internal static class HistoryVerb
{
    public static Command Create(VerbHost host)
    {
        var last = new Option<int?>("--last") { Description = "Only the newest runs (default: all).", HelpName = "N" };
        last.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var value) || value < 1))
                result.AddError($"--last {result.Tokens[0].Value}: write a number from 1 up.");
        });
        var command = new Command("history", "The runs so far, one line each, with trends.") { last };
        host.On(command, async (parsed, context, _) =>
        {
            await using var composition = Composition.Load(context);
            var platform = composition.Platform;
            // One more than asked for, so that the oldest line has something to be compared with.
            var most = parsed.GetValue(last) ?? int.MaxValue;
            var runs = PastRun.Of(RunHistory.ReadIfAny(platform, most == int.MaxValue ? most : most + 1).Runs).Take(most).ToList();
            if (context.Output.IsJson)
                context.Output.Json(new HistoryDocument(1, platform.Configuration.Platform, [.. runs.Select(PastRunDocument.Of)]));
            else
                Write(context.Output, platform, runs);
            return ExitStatus.Success;
        });
        return command;
    }

    private static void Write(CommandOutput output, Platform platform, List<PastRun> runs)
    {
        if (runs.Count == 0)
        {
            output.Line($"{platform.Configuration.Platform}: no run yet. The first: upkeep plan, then upkeep run");
            return;
        }
        var table = new Table().Border(TableBorder.Simple).AddColumns("Run", "Started", "Status", "Duration", "", "Rows removed", "", "Findings", "");
        foreach (var run in runs)
        {
            var clock = new PlatformClock(run.Run.Window?.TimeZone ?? platform.Configuration.Window.TimeZone);
            table.AddRow([.. new[]
            {
                run.Run.Run, clock.Full(run.Run.StartedAt), Words.Status(run.Run.Status) + (run.Run.Steps.Any(step => step.Unfinished is not null) ? ", rollback not finished" : ""),
                run.Duration is { } took ? Amount.Duration(took) : "–", Words.Change(run.Before?.Duration?.TotalSeconds, run.Duration?.TotalSeconds),
                run.RowsRemoved is { } rows ? (run.RemovedMore ? "≥ " : "") + Words.Figure(rows, "rows") : "–", Words.Change(run.Before?.RowsRemoved, run.RowsRemoved),
                Words.Figure(run.Findings, "count"), Difference(run),
            }.Select(cell => new Text(SafeText.Line(cell)))]);
        }
        output.Render(table);
        output.Line("Each change is against the run before it that was started and ended. Findings are those that need a person.");
    }

    private static string Difference(PastRun run) =>
        run.Before is { } before && before.Findings != run.Findings ? (run.Findings - before.Findings).ToString("+0;−0", CultureInfo.InvariantCulture) : "";
}

/// <summary>The runs so far as JSON, newest first.</summary>
internal sealed record HistoryDocument(int Schema, string Platform, IReadOnlyList<PastRunDocument> Runs);

/// <summary>One run of the history as JSON.</summary>
/// <param name="DurationMs">Absent while it goes on.</param>
/// <param name="RowsRemoved">Rows deleted and not put back; at least so many where the step that deletes them goes on or was killed; absent where none told of any.</param>
/// <param name="Findings">Those of severity warning or critical.</param>
/// <param name="ComparedWith">The id of the run that the changes are against; absent for the first.</param>
internal sealed record PastRunDocument(string Run, string Status, DateTime StartedAt, DateTime? FinishedAt, long? DurationMs, double? RowsRemoved, int Findings,
    string? ComparedWith, long? DurationChangeMs, double? RowsRemovedChange, int? FindingsChange)
{
    public static PastRunDocument Of(PastRun run) => new(
        run.Run.Run, StatusWord.Of(run.Run.Status), run.Run.StartedAt.UtcDateTime, run.Run.FinishedAt?.UtcDateTime,
        (long?)run.Duration?.TotalMilliseconds, run.RowsRemoved, run.Findings, run.Before?.Run.Run,
        (long?)(run.Duration - run.Before?.Duration)?.TotalMilliseconds, run.RowsRemoved - run.Before?.RowsRemoved, run.Findings - run.Before?.Findings);
}
