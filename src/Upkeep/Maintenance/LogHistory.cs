using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Logs.ErrorPatterns;

namespace Upkeep.Maintenance;

/// <summary>What the journal tells of the errors of earlier weeks.</summary>
public static class LogHistory
{
    private const string Step = "logs.error-patterns";

    /// <summary>Reads it, newest first, of a platform that may have no journal: to open one that isn't there would make it.</summary>
    public static IReadOnlyList<ErrorPatternsSurvey> ReadIfAny(UpkeepConfiguration configuration, Doors doors)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(doors);
        var path = Platform.JournalPathOf(configuration);
        if (!File.Exists(path))
            return [];
        using var journal = JournalFile.Open(path, doors.Redactor, doors.Time);
        return Read(journal);
    }

    /// <summary>The surveys of real runs whose step came to its end.</summary>
    public static IReadOnlyList<ErrorPatternsSurvey> Read(JournalFile journal)
    {
        ArgumentNullException.ThrowIfNull(journal);
        return
        [
            .. journal.Runs().Take(RunHistory.RunsForPredictions).Select(run => journal.ReadWithoutCheckpoints(run))
                .Where(entries => !entries.Any(entry => entry.Fact is RunStarted { DryRun: true })
                    && entries.Any(entry => entry.Step == Step && entry.Fact is StepEnded { Status: StepStatus.Succeeded or StepStatus.Attention }))
                .Select(entries => entries.LastOrDefault(entry => entry.Step == Step && entry.Fact is StepSurveyed)?.Fact)
                .OfType<StepSurveyed>().Select(surveyed => JournalJson.FromElement<ErrorPatternsSurvey>(surveyed.Survey)),
        ];
    }
}
