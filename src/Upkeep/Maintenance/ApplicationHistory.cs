using Upkeep.Application;
using Upkeep.Application.Build;
using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Maintenance;

/// <summary>What the journal tells of the application in earlier weeks.</summary>
public static class ApplicationHistory
{
    private const string Build = "application.build";

    /// <summary>Of a platform that may have no journal.</summary>
    public static ApplicationPast Of(UpkeepConfiguration configuration, Doors doors) => new(() => JournalIfAny.Read(configuration, doors, BuildPast.None, Builds));

    private static BuildPast Builds(JournalFile journal)
    {
        var runs = RunHistory.Read(journal, RunHistory.RunsForPredictions, holder: null).Runs;
        var last = journal.Runs().Take(RunHistory.RunsForPredictions).Select(run => journal.ReadWithoutCheckpoints(run))
            .Where(entries => entries.Any(entry => entry.Step == Build && entry.Fact is StepEnded { Status: StepStatus.Succeeded or StepStatus.Attention }))
            .Select(entries => entries.Select(entry => entry.Step == Build ? entry.Fact : null).OfType<StepSurveyed>().LastOrDefault())
            .OfType<StepSurveyed>().Select(surveyed => JournalJson.FromElement<BuildSurvey>(surveyed.Survey)).FirstOrDefault(survey => survey.Assets.Count > 0);
        return new BuildPast(last, [.. DatedMeasures.Of(runs, Build, "build_size").Select(point => new BuildSizePoint(point.At, point.What, point.Value))]);
    }
}
