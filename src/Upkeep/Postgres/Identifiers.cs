using System.Globalization;

namespace Upkeep.Postgres;

/// <summary>A table's name in two parts, as the catalog has them (not quoted, case kept).</summary>
public readonly record struct TableName(string Schema, string Name)
{
    /// <summary>Quoted for SQL, for example <c>"auth"."sessions"</c>.</summary>
    public string Quoted => $"{Sql.Identifier(Schema)}.{Sql.Identifier(Name)}";

    /// <summary>
    /// A name as people write it in the configuration: <c>schema.table</c>, <c>table</c> (in public), or with parts in double quotes where
    /// they hold dots. Case is kept as written.
    /// </summary>
    public static TableName Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var (first, rest) = Part(text);
        return rest.Length == 0 ? new TableName("public", first) : new TableName(first, Part(rest, last: true).Name);
    }

    private static (string Name, string After) Part(string text, bool last = false)
    {
        if (text[0] == '"')
        {
            var end = 1;
            while (end < text.Length && (text[end] != '"' || (end + 1 < text.Length && text[end + 1] == '"')))
                end += text[end] == '"' ? 2 : 1;
            var name = text[1..Math.Min(end, text.Length)].Replace("\"\"", "\"", StringComparison.Ordinal);
            return (name, end + 2 <= text.Length ? text[(end + 2)..] : "");
        }
        var dot = last ? -1 : text.IndexOf('.', StringComparison.Ordinal);
        return dot <= 0 || dot == text.Length - 1 ? (text, "") : (text[..dot], text[(dot + 1)..]);
    }

    /// <summary>For people: <c>auth.sessions</c>.</summary>
    public override string ToString() => $"{Schema}.{Name}";
}

/// <summary>The one helper that quotes.</summary>
public static class Sql
{
    /// <summary>The name as a quoted identifier, whatever is in it.</summary>
    public static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The text as a string literal, for the few statements that take no parameters (COPY, SET, VACUUM).</summary>
    public static string Literal(string text) => text.Contains('\\', StringComparison.Ordinal)
        ? $" E'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'"
        : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>The instant as a timestamptz literal with microseconds.</summary>
    public static string Literal(DateTimeOffset instant) =>
        $"timestamptz '{instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}+00'";

    /// <summary>The text of an embedded file, for example <c>Preparation/Baseline/tables.sql</c> (its path below the library's folder).</summary>
    public static string File(string path)
    {
        using var stream = typeof(Sql).Assembly.GetManifestResourceStream(path)
            ?? throw new ArgumentException($"There is no embedded SQL file {path}.", nameof(path));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
