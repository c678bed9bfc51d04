using System.Text.Json;
using System.Xml;
using Upkeep.Configuration;

namespace Upkeep.Application.ToolReports;

/// <summary>Reads the reports that tools write themselves.</summary>
internal static class ToolReport
{
    private const long Largest = 64 << 20;

    /// <param name="folder">Where the command ran.</param>
    /// <returns>The counts, or what is wrong with the report.</returns>
    public static (ToolCounts? Counts, string? Problem) Read(string folder, ReportSettings settings)
    {
        var files = Files(folder, settings);
        if (files.Count == 0)
            return (null, $"the command wrote no {settings.Path}");
        try
        {
            if (files.Sum(file => new FileInfo(file).Length) > Largest)
                return (null, $"{settings.Path} is larger than {Amount.Bytes(Largest)}");
            return (ToolCounts.Sum([.. files.Select(file => Counts(file, settings.Format))]), null);
        }
        catch (Exception problem) when (problem is XmlException or JsonException or FormatException or InvalidOperationException or KeyNotFoundException or IOException or UnauthorizedAccessException)
        {
            return (null, $"{settings.Path} can't be read as {settings.Format.ToString().ToLowerInvariant()}: {(problem is KeyNotFoundException or InvalidOperationException ? "it lacks what such a report has" : problem.Message)}");
        }
    }

    /// <summary>The files that a report may stand in, those of an earlier command among them.</summary>
    public static IReadOnlyList<string> Files(string folder, ReportSettings settings)
    {
        var whole = Path.Combine(folder, settings.Path);
        return Directory.Exists(Path.GetDirectoryName(whole)) ? [.. Directory.EnumerateFiles(Path.GetDirectoryName(whole)!).Where(file => NamePattern.Matches(Path.GetFileName(whole), Path.GetFileName(file))).Order(StringComparer.Ordinal)] : [];
    }

    private static ToolCounts Counts(string file, ReportFormat format) => format switch
    {
        ReportFormat.Junit => XmlReports.Junit(file),
        ReportFormat.Trx => XmlReports.Trx(file),
        ReportFormat.Tap => TapReport.Read(File.ReadLines(file)),
        ReportFormat.Eslint => JsonReports.Eslint(file),
        _ => JsonReports.Vitest(file),
    };
}
