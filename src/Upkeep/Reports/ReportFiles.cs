namespace Upkeep.Reports;

/// <summary>Names of a run's reports, below the run's folder.</summary>
public static class ReportFiles
{
    public const string Summary = "maintenance-summary.html";
    public const string Weekly = "weekly-maintenance-report.md";
    public const string Document = "run.json";

    public static IReadOnlyList<string> All { get; } = [Summary, Weekly, Document];
}
