using System.Globalization;
using System.Text.RegularExpressions;

namespace Upkeep.Application.ToolReports;

/// <summary>The Test Anything Protocol, versions 12 to 14 (testanything.org): its top level; subtests are told by the line that sums them up.</summary>
internal static partial class TapReport
{
    /// <exception cref="FormatException">There is no plan, so nobody knows whether it is whole, or it bailed out.</exception>
    public static ToolCounts Read(IEnumerable<string> lines)
    {
        int? planned = null;
        var (total, failed, skipped) = (0, 0, 0);
        var names = new List<string>();
        foreach (var line in lines)
        {
            if (line.StartsWith("Bail out!", StringComparison.Ordinal))
                throw new FormatException($"it ends early: {line}");
            if (Plan().Match(line) is { Success: true } plan)
                planned = int.Parse(plan.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            if (Test().Match(line) is not { Success: true } test)
                continue;
            total++;
            var directive = test.Groups["directive"].Value.ToUpperInvariant();
            // What is still to be done may fail.
            if (directive.Length > 0)
                skipped++;
            else if (test.Groups["not"].Success)
            {
                failed++;
                names.Add(test.Groups["name"].Value.Trim());
            }
        }
        if (planned is not { } count)
            throw new FormatException("it has no plan (1..N)");
        // Planned and never run: the runner died.
        var missing = Math.Max(0, count - total);
        return new ToolCounts(Math.Max(count, total), total - failed - skipped, failed + missing, skipped, null, [.. names.Take(ToolCounts.MostNames)]);
    }

    [GeneratedRegex(@"^1\.\.(\d{1,9})", RegexOptions.CultureInvariant)]
    private static partial Regex Plan();

    [GeneratedRegex(@"^(?<not>not )?ok\b(?:\s+\d+)?(?:\s+-)?(?<name>.*?)(?:(?<![^\s\\]|\\)#\s*(?<directive>SKIP|TO[D]O)\b.*)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Test();
}
