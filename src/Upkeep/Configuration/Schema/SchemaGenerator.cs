using System.Globalization;
using Namotion.Reflection;
using NJsonSchema;
using Upkeep.Configuration.Reading;

namespace Upkeep.Configuration.Schema;

/// <summary>
/// The JSON schema of <c>upkeep.yaml</c> for editors, made from the records that the loader fills: same keys, same types, same limits.
/// Any value may be a reference (<c>${NAME}</c>, <c>file:/path</c>), so a number or a boolean may also be such a text.
/// </summary>
public static class SchemaGenerator
{
    // .NET's named groups and case-blindness are not in every JSON schema validator.
    private const string Duration = "^\\s*(0|([0-9]+(\\.[0-9]+)?\\s*(ms|milliseconds?|seconds?|sec|s|minutes?|min|m|hours?|h|days?|d|weeks?|w)\\s*)+)$";
    private const string Reference = "(^file:|\\$\\{)";

    /// <param name="stepIds">The keys that <c>steps</c> knows.</param>
    /// <returns>The schema as indented JSON (draft 4, which every editor reads), with a line end.</returns>
    public static string Generate(IReadOnlyCollection<string> stepIds)
    {
        var schema = Record(typeof(UpkeepConfiguration), stepIds);
        schema.Title = "upkeep.yaml";
        return schema.ToJson().ReplaceLineEndings("\n") + "\n";
    }

    private static JsonSchemaProperty Record(Type type, IReadOnlyCollection<string> stepIds)
    {
        var schema = new JsonSchemaProperty { Type = JsonObjectType.Object, AllowAdditionalProperties = false, Description = Text(type.GetXmlDocsSummary()) };
        var defaults = Activator.CreateInstance(type)!;
        foreach (var key in RecordShape.Of(type).Keys)
        {
            var property = key.MapValue is not null ? Steps(key.MapValue, stepIds) : Value(key, key.Type, stepIds);
            property.Description = Text(key.Property.GetXmlDocsSummary()) ?? property.Description;
            if (!key.IsRequired && Default(key.Property.GetValue(defaults)) is { } value)
                property.Default = value;
            schema.Properties[key.Name] = property;
            // What the environment can stand in for need not be in the file.
            if (key.IsRequired && !key.Has<FromEnvironmentAttribute>() && !RecordShape.IsRecord(key.Type))
                schema.RequiredProperties.Add(key.Name);
        }
        return schema;
    }

    private static JsonSchemaProperty Steps(Type type, IReadOnlyCollection<string> ids)
    {
        var schema = new JsonSchemaProperty { Type = JsonObjectType.Object | JsonObjectType.Null, AllowAdditionalProperties = false };
        foreach (var id in ids)
            schema.Properties[id] = Record(type, ids);
        return schema;
    }

    private static JsonSchemaProperty Value(ShapeKey key, Type type, IReadOnlyCollection<string> stepIds)
    {
        if (RecordShape.IsRecord(type))
        {
            var section = Record(type, stepIds);
            section.Type |= JsonObjectType.Null;
            return section;
        }
        if (key.Item is { } item && type == key.Type)
        {
            var entry = RecordShape.IsRecord(item) ? Record(item, stepIds) : Value(key, item, stepIds);
            return new JsonSchemaProperty { Type = JsonObjectType.Array, MinItems = 1, Item = entry };
        }
        var schema = Scalar(key, type);
        if (key.MayBeNull)
            schema.Type |= JsonObjectType.Null;
        return schema;
    }

    private static JsonSchemaProperty Scalar(ShapeKey key, Type type)
    {
        if (type == typeof(string))
            return new JsonSchemaProperty { Type = JsonObjectType.String, MinLength = 1 };
        if (type == typeof(Uri))
            return OrReference(JsonObjectType.String, "^https?://");
        if (type == typeof(TimeSpan))
            return ZeroOr(OrReference(JsonObjectType.String | JsonObjectType.Integer, Duration));
        if (type == typeof(TimeOnly))
            return OrReference(JsonObjectType.String, "^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$");
        if (type == typeof(bool))
            return OrReference(JsonObjectType.Boolean | JsonObjectType.String, "^(true|false)$");
        if (type.IsEnum)
            return OrReference(JsonObjectType.String, $"^({string.Join('|', ValueReader.Words(type).SelectMany(word => new[] { word.Written, word.Value.ToString() }).Distinct())})$");
        return Number(key, type);
    }

    private static JsonSchemaProperty Number(ShapeKey key, Type type)
    {
        var whole = type != typeof(double);
        var pattern = key.Has<ByteSizeAttribute>() ? "^[0-9]+\\s*([KMGT]i?)?B?$" : key.Has<ShareAttribute>() ? "^[0-9.]+%?$" : "^[0-9_.]+$";
        var schema = OrReference((whole ? JsonObjectType.Integer : JsonObjectType.Number) | JsonObjectType.String, pattern);
        var limits = key.Has<ShareAttribute>() ? new LimitsAttribute(0, 1) : key.Limits;
        schema.Minimum = (decimal)limits.Least;
        if (limits.Most < double.MaxValue)
            schema.Maximum = (decimal)limits.Most;
        return schema;
    }

    private static JsonSchemaProperty OrReference(JsonObjectType type, string pattern) => new() { Type = type, Pattern = $"{Reference}|{pattern}" };

    // Of all numbers only 0 needs no unit.
    private static JsonSchemaProperty ZeroOr(JsonSchemaProperty duration)
    {
        (duration.Minimum, duration.Maximum) = (0, 0);
        return duration;
    }

    private static object? Default(object? value) => value switch
    {
        TimeSpan duration => Durations.Write(duration),
        TimeOnly time => time.ToString("HH:mm", CultureInfo.InvariantCulture),
        Enum word => ValueReader.Words(word.GetType()).First(each => each.Value.Equals(word)).Written,
        string or bool or int or long or double => value,
        _ => null,
    };

    private static string? Text(string summary) => summary.Length == 0 ? null : string.Join(' ', summary.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
