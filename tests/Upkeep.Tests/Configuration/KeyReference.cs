using System.Text;
using NJsonSchema;

namespace Upkeep.Tests.Configuration;

/// <summary>The tables of docs/guide/configuration.md, made from the published schema.</summary>
internal static class KeyReference
{
    private const string Head = "\n| key | default | meaning |\n|---|---|---|\n";

    public static string Write(JsonSchema schema)
    {
        var text = new StringBuilder("\n## The whole\n").Append(Head);
        foreach (var (name, property) in schema.Properties.Where(each => !IsSection(each.Value)))
            Row(text, name, property, property.IsRequired);
        foreach (var (name, section) in schema.Properties.Where(each => IsSection(each.Value)))
        {
            var steps = name == "steps";
            text.Append($"\n## {name}\n{section.Description}\n").Append(Head);
            Rows(text, steps ? "steps.<id>." : $"{name}.", steps ? section.Properties.Values.First() : section);
        }
        return text.ToString();
    }

    private static bool IsSection(JsonSchema schema) => schema.Type.HasFlag(JsonObjectType.Object);

    private static void Rows(StringBuilder text, string path, JsonSchema schema)
    {
        foreach (var (name, property) in schema.Properties)
        {
            if (IsSection(property))
            {
                Rows(text, $"{path}{name}.", property);
                continue;
            }
            Row(text, path + name, property, property.IsRequired);
            if (property.Item is { Properties.Count: > 0 } item)
                Rows(text, $"{path}{name}[].", item);
        }
    }

    private static void Row(StringBuilder text, string path, JsonSchema property, bool required)
    {
        var preset = required ? "required" : property.Default is { } value ? $"`{(value is bool flag ? flag ? "true" : "false" : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture))}`" : "–";
        text.Append($"| `{path}` | {preset} | {property.Description?.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
    }
}
