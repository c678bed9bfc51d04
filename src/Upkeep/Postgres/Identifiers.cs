using System.Globalization;
using Upkeep.Configuration;

namespace Upkeep.Postgres;

/// <summary>A table's name in two parts, as the catalog has them (not quoted, case kept).</summary>
public readonly record struct TableName(string Schema, string Name)
{
    /// <summary>Quoted for SQL, for example <c>"auth"."sessions"</c>.</summary>
    public string Quoted => $"{Sql.Identifier(Schema)}.{Sql.Identifier(Name)}";

    /// <summary>A name as the configuration writes it.</summary>
    /// <exception cref="FormatException">It is none; the configuration's validators have said so before.</exception>
    public static TableName Parse(string text) => QualifiedName.TryParse(text, out var schema, out var name)
        ? new TableName(schema, name)
        : throw new FormatException($"'{text}' is no table name.");

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
