using System.Text.Json;
using System.Text.Json.Nodes;
using Upkeep.Redaction;

namespace Upkeep.Journal;

/// <summary>
/// A fact as the text that is stored. Secrets are masked string by string, never in the finished JSON, where a password such as
/// <c>2026</c> or <c>fact</c> would break figures and names. What a resumed run reads back to act on (surveys, effects, checkpoints) is
/// masked with care: see <see cref="Redactor.CleanData"/>.
/// </summary>
internal static class FactText
{
    private static readonly string[] _spoken = ["summary", "reason", "hint", "undoHint", "message", "proof", "owner", "interruptedBy", "waivers", "options"];

    public static string Write(Fact fact, Redactor redactor)
    {
        if (!redactor.KnowsSecrets)
            return JsonSerializer.Serialize(fact, JournalJson.Options);
        var node = JsonSerializer.SerializeToNode(fact, JournalJson.Options)!;
        Clean(node, redactor.CleanData, redactor);
        return node.ToJsonString(JournalJson.Options);
    }

    /// <exception cref="JsonException">The text is no fact that this build knows.</exception>
    public static Fact Read(string text) =>
        JsonSerializer.Deserialize<Fact>(text, JournalJson.Options) ?? throw new JsonException("The text holds null, not a fact.");

    private static void Clean(JsonNode node, Func<string, string> clean, Redactor redactor)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    var how = _spoken.Contains(name) ? redactor.Clean : clean;
                    if (Masked(value, how) is { } masked)
                        members[name] = masked;
                    else if (value is JsonObject or JsonArray)
                        Clean(value, how, redactor);
                }
                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    if (Masked(items[i], clean) is { } masked)
                        items[i] = masked;
                    else if (items[i] is JsonObject or JsonArray)
                        Clean(items[i]!, clean, redactor);
                }
                break;
        }
    }

    private static JsonValue? Masked(JsonNode? value, Func<string, string> clean) =>
        value is JsonValue text && text.TryGetValue<string>(out var was) && clean(was) is var masked && masked != was ? JsonValue.Create(masked) : null;
}
