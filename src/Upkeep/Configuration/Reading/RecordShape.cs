using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Upkeep.Configuration.Reading;

/// <summary>What a record of the configuration looks like in the file. Loader and published schema both read it, so a new property needs no code in either.</summary>
internal sealed record RecordShape(Type Type, IReadOnlyList<ShapeKey> Keys)
{
    private static readonly ConcurrentDictionary<Type, RecordShape> _known = new();

    public static RecordShape Of(Type type) => _known.GetOrAdd(type, static each => new RecordShape(each,
    [
        .. each.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => new ShapeKey(property)),
    ]));

    public static bool IsRecord(Type type) => type is { IsClass: true, Namespace: "Upkeep.Configuration" };

    /// <summary>Every path below a record that ends in a key, for telling where a misplaced one belongs.</summary>
    public static IEnumerable<string> Paths(Type type, string path = "") => Of(type).Keys.SelectMany(key =>
        IsRecord(key.Type) ? Paths(key.Type, $"{path}{key.Name}.").Prepend(path + key.Name) : [path + key.Name]);
}

/// <summary>One key of a record.</summary>
internal sealed class ShapeKey
{
    public ShapeKey(PropertyInfo property)
    {
        Property = property;
        Name = property.GetCustomAttribute<KeyAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        IsRequired = property.IsDefined(typeof(RequiredMemberAttribute));
        IsSecret = property.IsDefined(typeof(SecretAttribute));
        MayBeNull = Nullable.GetUnderlyingType(property.PropertyType) is not null
            || new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        Limits = property.GetCustomAttribute<LimitsAttribute>() ?? new LimitsAttribute(0);
        var generic = Type.IsGenericType ? Type.GetGenericTypeDefinition() : null;
        Item = generic == typeof(IReadOnlyList<>) ? Type.GenericTypeArguments[0] : null;
        MapValue = generic == typeof(IReadOnlyDictionary<,>) ? Type.GenericTypeArguments[1] : null;
    }

    public PropertyInfo Property { get; }
    public string Name { get; }
    /// <summary>Without the question mark of a nullable one.</summary>
    public Type Type { get; }
    public bool IsRequired { get; }
    public bool IsSecret { get; }
    public bool MayBeNull { get; }
    public LimitsAttribute Limits { get; }
    /// <summary>The entries' type of a list, else null.</summary>
    public Type? Item { get; }
    /// <summary>The values' type of a map with free keys, else null.</summary>
    public Type? MapValue { get; }

    public bool Has<T>() where T : Attribute => Property.IsDefined(typeof(T));
}
