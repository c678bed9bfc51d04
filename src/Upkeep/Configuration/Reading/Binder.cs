using System.Collections;

namespace Upkeep.Configuration.Reading;

/// <summary>
/// Nodes to records, driven by the records' own properties. It goes on after a problem, so that one pass tells them all: what
/// couldn't be read keeps its default and is named in <see cref="Notes.Failed"/>.
/// </summary>
internal sealed class Binder(References references, Notes notes, string folder)
{
    /// <summary>A record of the type; complete ones (nothing required is missing) are noted for the validators.</summary>
    public object Record(Type type, YamlNode node, string path)
    {
        var record = Activator.CreateInstance(type)!;
        var shape = RecordShape.Of(type);
        if (node is not YamlMap map)
        {
            if (node is not YamlScalar { IsNull: true })
                notes.Add(node.Line, path, $"{Shown(node)} stands where keys belong", $"Write indented keys: {string.Join(", ", shape.Keys.Select(key => key.Name))}.", failed: true);
            map = new YamlMap(node.Line, []);
        }
        var entries = Known(shape, map, path);
        var complete = true;
        foreach (var key in shape.Keys)
            complete &= Fill(record, key, entries.GetValueOrDefault(key.Name), map.Line, Join(path, key.Name));
        if (complete)
            notes.Complete.Add((record, path));
        return record;
    }

    private Dictionary<string, YamlEntry> Known(RecordShape shape, YamlMap map, string path)
    {
        var entries = Distinct(map, path);
        foreach (var entry in entries.Values.Where(entry => shape.Keys.All(key => key.Name != entry.Key)))
            notes.Add(entry.Line, Join(path, entry.Key), $"unknown key '{entry.Key}'", UnknownHint(shape, entry.Key), failed: true);
        return entries;
    }

    private Dictionary<string, YamlEntry> Distinct(YamlMap map, string path)
    {
        var entries = new Dictionary<string, YamlEntry>(StringComparer.Ordinal);
        foreach (var entry in map.Entries)
        {
            notes.Lines.TryAdd(Join(path, entry.Key), entry.Line);
            if (!entries.TryAdd(entry.Key, entry))
                notes.Add(entry.Line, Join(path, entry.Key), $"stands twice, first in line {entries[entry.Key].Line}", "Keep one of the two.");
        }
        return entries;
    }

    private static string UnknownHint(RecordShape shape, string key)
    {
        if (Nearest.To(key, shape.Keys.Select(each => each.Name)) is { } near)
            return $"Did you mean {near}?";
        return RecordShape.Paths(typeof(UpkeepConfiguration)).FirstOrDefault(path => path.EndsWith($".{key}", StringComparison.Ordinal)) is { } elsewhere
            ? $"It belongs elsewhere: {elsewhere}."
            : $"Known here: {string.Join(", ", shape.Keys.Select(each => each.Name))}.";
    }

    /// <returns>False where a required value is missing or unreadable.</returns>
    private bool Fill(object record, ShapeKey key, YamlEntry? entry, int line, string path)
    {
        if (entry is null && key.Property.GetCustomAttributes(typeof(FromEnvironmentAttribute), false) is [FromEnvironmentAttribute variable])
        {
            if (!references.Knows(variable.Name))
            {
                notes.Add(line, path, $"is missing, and the environment has no {variable.Name}", variable.Hint, failed: true);
                return false;
            }
            entry = new YamlEntry(key.Name, line, new YamlScalar(line, $"${{{variable.Name}}}", Plain: false));
        }
        // A section that isn't there is read as an empty one: its own defaults and variables count all the same. One that is null by default may be left out.
        if (entry is null && RecordShape.IsRecord(key.Type) && (key.IsRequired || key.Property.GetValue(record) is not null))
            entry = new YamlEntry(key.Name, line, new YamlMap(line, []));
        if (entry is null)
        {
            if (key.IsRequired)
                notes.Add(line, path, "is missing", $"Add the key {key.Name} here.", failed: true);
            else if (key.Has<FilePathAttribute>() && key.Property.GetValue(record) is string relative)
                key.Property.SetValue(record, Path.GetFullPath(relative, folder));
            return !key.IsRequired;
        }
        if (Value(key, key.Type, entry.Value, path) is not { } value)
            return !key.IsRequired;
        key.Property.SetValue(record, value);
        return true;
    }

    private object? Value(ShapeKey key, Type type, YamlNode node, string path)
    {
        if (RecordShape.IsRecord(type))
            return Record(type, node, path);
        if (key.Item is not null && type == key.Type)
            return List(key, key.Item, node, path);
        return key.MapValue is null ? Scalar(key, type, node, path) : Map(key.MapValue, node, path);
    }

    private IList? List(ShapeKey key, Type item, YamlNode node, string path)
    {
        if (node is not YamlList { Items.Count: > 0 } list)
        {
            notes.Add(node.Line, path, node is YamlList or YamlScalar { IsNull: true } ? "is an empty list" : $"{Shown(node)} stands where a list belongs",
                node is YamlList or YamlScalar { IsNull: true } ? "Write at least one entry, or take the key away." : "Start each entry with '- '.", failed: true);
            return null;
        }
        var values = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
        for (var index = 0; index < list.Items.Count; index++)
        {
            var at = $"{path}[{index}]";
            notes.Lines.TryAdd(at, list.Items[index].Line);
            if (Value(key, item, list.Items[index], at) is { } value)
                values.Add(value);
        }
        return values;
    }

    private IDictionary? Map(Type valueType, YamlNode node, string path)
    {
        if (node is YamlScalar { IsNull: true })
            return null;
        var values = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType))!;
        if (node is YamlMap map)
        {
            foreach (var entry in Distinct(map, path).Values)
                values.Add(entry.Key, Record(valueType, entry.Value, Join(path, entry.Key)));
        }
        else
        {
            notes.Add(node.Line, path, $"{Shown(node)} stands where keys belong", "Write indented keys, each with its own settings below it.", failed: true);
        }
        return values;
    }

    private object? Scalar(ShapeKey key, Type type, YamlNode node, string path)
    {
        if (node is not YamlScalar scalar)
        {
            notes.Add(node.Line, path, $"{Shown(node)} stands where one value belongs", "Write the value on the same line, after the colon.", failed: true);
            return null;
        }
        if (scalar.IsNull)
        {
            if (!key.MayBeNull)
                notes.Add(scalar.Line, path, "has no value", "Write one, or take the key away for the default.", failed: true);
            return null;
        }
        try
        {
            return Secrets(key, references.Resolve(scalar.Text), type);
        }
        catch (ValueProblemException problem)
        {
            notes.Add(scalar.Line, path, problem.Message, problem.Hint, failed: true);
            return null;
        }
    }

    private object Secrets(ShapeKey key, Resolved value, Type type)
    {
        if (value.FromFile || (key.IsSecret && value.Referenced))
            notes.Secrets.Add(value.Text);
        if (key.Has<ConnectionAttribute>())
        {
            var (connection, password) = DatabaseUrl.Read(value.Text);
            notes.Secrets.Add(password);
            return connection;
        }
        var read = ValueReader.Read(key, type, value.Text, key.IsSecret ? "the value" : $"'{value.Shown}'", folder);
        if (read is Uri { UserInfo: { } user } && user.Split(':', 2) is [_, var secret])
            notes.Secrets.Add(Uri.UnescapeDataString(secret));
        return read;
    }

    private static string Shown(YamlNode node) => node switch
    {
        YamlList => "a list",
        YamlMap => "a group of keys",
        _ => "a single value",
    };

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
