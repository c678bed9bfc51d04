using System.Text.Json;

namespace Upkeep.Application.ToolReports;

/// <summary>Reports in JSON: ESLint's (<c>--format json</c>), and vitest's, which is jest's (<c>--reporter=json</c>).</summary>
internal static class JsonReports
{
    public static ToolCounts Eslint(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        var files = json.RootElement.EnumerateArray().Select(one => (Path: one.GetProperty("filePath").GetString()!, Errors: one.GetProperty("errorCount").GetInt32(), Warnings: one.GetProperty("warningCount").GetInt32())).ToList();
        var clean = files.Count(one => one.Errors == 0);
        return new ToolCounts(files.Count, clean, files.Sum(one => one.Errors), 0, files.Sum(one => one.Warnings),
            [.. files.Where(one => one.Errors > 0).Take(ToolCounts.MostNames).Select(one => Path.GetFileName(one.Path))]);
    }

    public static ToolCounts Vitest(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        var root = json.RootElement;
        int Count(string name) => root.TryGetProperty(name, out var value) ? value.GetInt32() : 0;
        var total = root.GetProperty("numTotalTests").GetInt32();
        var (passed, failed) = (Count("numPassedTests"), Count("numFailedTests"));
        var names = root.GetProperty("testResults").EnumerateArray().SelectMany(suite => suite.GetProperty("assertionResults").EnumerateArray())
            .Where(test => test.GetProperty("status").GetString() == "failed").Take(ToolCounts.MostNames).Select(test => test.GetProperty("fullName").GetString()!);
        return new ToolCounts(total, passed, failed, Math.Max(0, total - passed - failed), null, [.. names]);
    }
}
