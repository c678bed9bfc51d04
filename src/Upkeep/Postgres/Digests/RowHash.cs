using System.IO.Hashing;
using System.Globalization;
using System.Text;

namespace Upkeep.Postgres.Digests;

/// <summary>
/// One row's 64-bit hash as a SQL expression: each column's value is hashed by itself with a seed of its own, made from the column's name; the
/// hashes are combined by exclusive or, so that the order of columns doesn't count; and the result is hashed once more, so that the sum over
/// a table's rows tells which values stand together in a row. Why so: docs/decisions/digest.md.
/// </summary>
public static class RowHash
{
    /// <summary>The expression over columns in scope; never null.</summary>
    public static string Of(IReadOnlyList<DigestColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        // An int4 hash with the 64 bits as its seed: the server has no function that takes 64 bits whole and is quicker.
        return $"hashint4extended(0, {(columns.Count == 0 ? Literal(0) : Combined([.. columns.Select(Present)]))})";
    }

    // As a tree, not a chain: a table has up to 1,600 columns, and the server's parser goes as deep as the expression does.
    private static string Combined(ReadOnlySpan<string> hashes) => hashes.Length == 1
        ? hashes[0]
        : $"({Combined(hashes[..(hashes.Length / 2)])} # {Combined(hashes[(hashes.Length / 2)..])})";

    // What null stands for depends on the column, as every value does.
    private static string Present(DigestColumn column)
    {
        var name = Encoding.UTF8.GetBytes(column.Name);
        var seed = unchecked((long)XxHash64.HashToUInt64(name));
        return $"coalesce({Value(column, seed)}, {Literal(unchecked((long)XxHash64.HashToUInt64(name, seed: 1)))})";
    }

    // Types whose hash tells every value from every other, on every version alike. Not on the list, because their hash is made for
    // equality: numeric (neither sign nor scale), jsonb (as its numbers), bpchar, interval (a month is 30 days), arrays (no bounds), citext.
    private static string Value(DigestColumn column, long seed)
    {
        var (value, k) = (column.Quoted, Literal(seed));
        return column.Type switch
        {
            "int2" => $"hashint2extended({value}, {k})",
            "int4" => $"hashint4extended({value}, {k})",
            "bool" or "char" => $"hashint4extended({value}::int4, {k})",
            // The int8 hash folds its 64 bits to 32; as the seed they count whole.
            "int8" => $"hashint4extended({unchecked((int)seed).ToString(CultureInfo.InvariantCulture)}, {value} # {k})",
            "oid" => $"hashoidextended({value}, {k})",
            "uuid" => $"uuid_hash_extended({value}, {k})",
            "text" or "varchar" => $"hashtextextended({value} collate \"C\", {k})",
            // There is no hash of bytea that SQL can call before 18, save through an array.
            "bytea" => $"hash_array_extended(array[{value}::bytea], {k})",
            "inet" or "cidr" => $"hashinetextended({value}, {k})",
            "macaddr" => $"hashmacaddrextended({value}, {k})",
            "macaddr8" => $"hashmacaddr8extended({value}, {k})",
            // 0 and -0 are equal, and have the same hash.
            "float4" or "float8" => $"case when {value} = 0 then {Text(column, k)} else hash{column.Type}extended({value}, {k}) end",
            "timestamp" => Instant(column, k, "tsrange_subdiff", ""),
            "timestamptz" => Instant(column, k, "tstzrange_subdiff", "Z"),
            _ => Text(column, k),
        };
    }

    // The hash of a timestamp is the int8 one. As seconds in a float8 every microsecond for 142 years around 2000 is a number of its own.
    private static string Instant(DigestColumn column, string seed, string seconds, string zone) =>
        $"case when {column.Quoted} >= '1900-01-01{zone}' and {column.Quoted} < '2100-01-01{zone}' "
        + $"then hashfloat8extended({seconds}({column.Quoted}, '2000-01-01{zone}'), {seed}) else {Text(column, seed)} end";

    // By the type's own output function, as a dump writes it. A cast to text may be another thing: char(n) loses its spaces, xml keeps a
    // declaration that a dump leaves out, and of types from elsewhere anybody may define it.
    private static string Text(DigestColumn column, string seed) => column.Output is { } output
        ? $"hashtextextended(textin({Sql.Identifier(output)}({column.Quoted})) collate \"C\", {seed})"
        // A composite value of nulls only "is null", and isn't one.
        : $"case when num_nulls({column.Quoted}) = 0 then hashtextextended(concat({column.Quoted}) collate \"C\", {seed}) end";

    private static string Literal(long value) => string.Create(CultureInfo.InvariantCulture, $"'{value}'::int8");
}
