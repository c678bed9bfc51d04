using System.Globalization;
using CsCheck;

namespace Upkeep.Tests.Postgres.Digests;

/// <summary>A table of random types and values, and one value of it to be changed.</summary>
/// <param name="Types">Of the columns c0, c1, …</param>
/// <param name="Rows">Each row's values as SQL.</param>
/// <param name="Changed">The column to change in one row.</param>
/// <param name="NewValue">What it is changed to, as SQL; may be what it is already.</param>
internal sealed record AnyTable(IReadOnlyList<string> Types, IReadOnlyList<IReadOnlyList<string>> Rows, int Changed, string NewValue)
{
    public string Create(string name) =>
        $"create table {name} ({string.Join(", ", Types.Select((type, at) => $"c{at} {type}"))}); insert into {name} values {string.Join(", ", Rows.Select(row => $"({string.Join(", ", row)})"))};\n";

    /// <summary>Changes one value of one row, unless a dump would write both alike.</summary>
    public string Change(string name)
    {
        var type = Types[Changed].Replace(" collate loose", "", StringComparison.Ordinal);
        return $"update {name} set c{Changed} = {NewValue} where ctid = (select max(ctid) from {name}) and row(c{Changed})::text is distinct from row({NewValue}::{type})::text";
    }
}

internal static class AnyTables
{
    private static readonly Gen<string> _text = Gen.String[Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['\u00a1', '\u04ff']), 0, 12];

    // Beside the values that look alike: any, where a literal is quickly made.
    private static readonly Dictionary<string, Gen<string>> _any = new()
    {
        ["int2"] = Gen.Short.Select(value => value.ToString(CultureInfo.InvariantCulture)),
        ["int4"] = Gen.Int.Select(value => value.ToString(CultureInfo.InvariantCulture)),
        ["int8"] = Gen.Long.Select(value => value.ToString(CultureInfo.InvariantCulture)),
        ["float4"] = Gen.Float.Select(value => value.ToString("R", CultureInfo.InvariantCulture)),
        ["float8"] = Gen.Double.Select(value => value.ToString("R", CultureInfo.InvariantCulture)),
        ["numeric"] = Gen.Select(Gen.Decimal, Gen.Int[0, 3]).Select(pair => pair.Item1.ToString(CultureInfo.InvariantCulture) + (pair.Item1.Scale > 0 ? new string('0', pair.Item2) : "")),
        ["text"] = _text,
        ["citext"] = _text,
        ["name"] = _text,
        ["bytea"] = Gen.Byte.Array[0, 40].Select(bytes => "\\x" + Convert.ToHexStringLower(bytes)),
        ["uuid"] = Gen.Guid.Select(value => value.ToString()),
        ["timestamp"] = Instant(),
        ["timestamptz"] = Instant().Select(text => text + "Z"),
        ["date"] = Gen.Int[-700_000, 700_000].Select(days => DateTime.UnixEpoch.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ["interval"] = Gen.Select(Gen.Int[-99, 99], Gen.Int[-99, 99], Gen.Int).Select(parts => string.Create(CultureInfo.InvariantCulture, $"{parts.Item1} mon {parts.Item2} days {parts.Item3} us")),
        ["jsonb"] = Gen.Select(_text, Gen.Decimal).Select(pair => System.Text.Json.JsonSerializer.Serialize(new { a = pair.Item1, b = pair.Item2 })),
        ["text[]"] = _text.Array[0, 3].Select(items => $"{{{string.Join(",", items.Select(item => $"\"{item.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""))}}}"),
        ["inet"] = Gen.Select(Gen.UInt, Gen.Int[0, 32]).Select(pair => $"{new System.Net.IPAddress(pair.Item1)}/{pair.Item2}"),
    };

    public static Gen<AnyTable[]> Database { get; } = Table().Array[20, 30];

    private static Gen<AnyTable> Table()
    {
        // A restore makes tables in another order, and these point at one.
        string[] types = [.. EveryType.Values.Keys.Except(["regclass"])];
        return
            from columns in Gen.Int[0, types.Length - 1].Select(at => types[at]).Array[1, 6]
            from rows in Gen.Int[1, 10].SelectMany(count => Row(columns).Array[count])
            from changed in Gen.Int[0, columns.Length - 1]
            from value in Value(columns[changed])
            select new AnyTable(columns, rows, changed, value);
    }

    private static Gen<string[]> Row(IReadOnlyList<string> types) => types.Aggregate(Gen.Const(Array.Empty<string>()),
        (row, type) => Gen.Select(row, Value(type)).Select(pair => pair.Item1.Append(pair.Item2).ToArray()));

    private static Gen<string> Value(string type)
    {
        var known = EveryType.Values[type];
        var odd = Gen.Int[-1, known.Length - 1].Select(at => at < 0 ? "null" : EveryType.Literal(known[at]));
        return _any.TryGetValue(type, out var any) ? Gen.OneOf(odd, any.Select(text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'")) : odd;
    }

    // Around the years in which a timestamp is hashed as a number, and far outside.
    private static Gen<string> Instant() => Gen.Long[new DateTime(1850, 1, 1).Ticks / 10, new DateTime(2150, 1, 1).Ticks / 10]
        .Select(micros => new DateTime(micros * 10).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
}
