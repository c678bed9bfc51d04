namespace Upkeep.Application.ToolReports;

/// <summary>What a tool's own report counts: of a test runner its tests, of a linter what it found.</summary>
/// <param name="Failed">Tests that failed; of a linter its errors.</param>
/// <param name="Warnings">Of a linter; else null.</param>
/// <param name="Names">The first few that failed, as the tool calls them.</param>
public sealed record ToolCounts(int Total, int Passed, int Failed, int Skipped, int? Warnings, IReadOnlyList<string> Names)
{
    /// <summary>More names are read by nobody.</summary>
    public const int MostNames = 10;

    public static ToolCounts Sum(IReadOnlyList<ToolCounts> all) => new(all.Sum(one => one.Total), all.Sum(one => one.Passed), all.Sum(one => one.Failed), all.Sum(one => one.Skipped),
        all.Any(one => one.Warnings is not null) ? all.Sum(one => one.Warnings ?? 0) : null, [.. all.SelectMany(one => one.Names).Take(MostNames)]);
}
