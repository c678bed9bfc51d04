using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Logs;
using Upkeep.Logs.DiskUsage;
using Upkeep.Logs.ErrorPatterns;

namespace Upkeep.Maintenance;

/// <summary>What the journal tells of the logs in earlier weeks: their errors, and the room that they took.</summary>
public static class LogHistory
{
    private const string Patterns = "logs.error-patterns";

    /// <summary>Of a platform that may have no journal.</summary>
    public static LogPast Of(UpkeepConfiguration configuration, Doors doors) =>
        new(() => JournalIfAny.Read(configuration, doors, [], Surveys), () => JournalIfAny.Read(configuration, doors, [], Sizes));

    /// <summary>The surveys of errors of real runs whose step came to its end, the newest first.</summary>
    public static IReadOnlyList<ErrorPatternsSurvey> Surveys(JournalFile journal)
    {
        ArgumentNullException.ThrowIfNull(journal);
        return
        [
            .. journal.Runs().Take(RunHistory.RunsForPredictions).Select(run => journal.ReadWithoutCheckpoints(run))
                .Where(entries => !entries.Any(entry => entry.Fact is RunStarted { DryRun: true })
                    && entries.Any(entry => entry.Step == Patterns && entry.Fact is StepEnded { Status: StepStatus.Succeeded or StepStatus.Attention }))
                .Select(entries => entries.LastOrDefault(entry => entry.Step == Patterns && entry.Fact is StepSurveyed)?.Fact)
                .OfType<StepSurveyed>().Select(surveyed => JournalJson.FromElement<ErrorPatternsSurvey>(surveyed.Survey)),
        ];
    }

    private static IReadOnlyList<LogSizePoint> Sizes(JournalFile journal)
    {
        var runs = RunHistory.Read(journal, RunHistory.RunsForPredictions, holder: null).Runs;
        return [.. DatedMeasures.Of(runs, "logs.disk-usage", "log_folder_size").Select(point => new LogSizePoint(point.At, point.What, point.Value))];
    }
}
