using System.Text.Json;

namespace Upkeep.Scenarios;

/// <summary>Reads the document that <c>upkeep run --format json</c> answers with.</summary>
internal static class RunAnswers
{
    public static string Text(this JsonElement element, string member) => element.TryGetProperty(member, out var value) ? value.GetString() ?? "" : "";

    public static JsonElement Step(this JsonElement run, string id) => run.GetProperty("steps").EnumerateArray().Single(step => step.Text("id") == id);

    /// <summary>The status of each step, by id.</summary>
    public static Dictionary<string, string> Statuses(this JsonElement run) =>
        run.GetProperty("steps").EnumerateArray().ToDictionary(step => step.Text("id"), step => step.Text("status"), StringComparer.Ordinal);

    public static IEnumerable<string> Findings(this JsonElement step) =>
        step.GetProperty("findings").EnumerateArray().Select(finding => $"{finding.Text("severity")} {finding.Text("code")}: {finding.Text("message")}");
}
