using Upkeep.Running;

namespace Upkeep.Reporting;

/// <summary>The steps <c>report.*</c>: what the run tells of itself.</summary>
public static class ReportingSteps
{
    public const string SummaryId = "report.summary";
    public const string WeeklyId = "report.weekly";

    public static IReadOnlyList<Step> Create() =>
    [
        new ReportStep(SummaryId, "Report of the run", ReportWriter.WriteSummaryAsync),
        new ReportStep(WeeklyId, "Weekly report for sign-off", ReportWriter.WriteWeeklyAsync),
    ];
}
