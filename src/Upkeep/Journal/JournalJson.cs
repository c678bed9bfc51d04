using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Upkeep.Journal;

/// <summary>How facts, surveys, effects and checkpoints are written as JSON.</summary>
public static class JournalJson
{
    /// <summary>
    /// The facts' own shapes are source-generated; surveys and effects are each slice's private records and are read by reflection,
    /// because a generated context per slice would be ceremony for a few small documents a run.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        // Null is written: a required member that may be null must be there to be read back.
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(FactJsonContext.Default, new DefaultJsonTypeInfoResolver()),
    };

    /// <summary>The record as a JSON element.</summary>
    public static JsonElement ToElement<T>(T value) => JsonSerializer.SerializeToElement(value, Options);

    /// <summary>The element as a record.</summary>
    /// <exception cref="JsonException">The element doesn't hold a <typeparamref name="T"/>, for example because it was written by a newer version.</exception>
    public static T FromElement<T>(JsonElement element) =>
        element.Deserialize<T>(Options) ?? throw new JsonException($"The journal holds null where a {typeof(T).Name} was expected.");
}

[JsonSerializable(typeof(Fact))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class FactJsonContext : JsonSerializerContext;
