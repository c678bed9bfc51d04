using System.Text;

namespace Upkeep.Configuration;

/// <summary>Table names as the configuration writes them: <c>schema.table</c>, case as in the catalog, a part with a dot or a quote in it in double quotes.</summary>
public static class QualifiedName
{
    /// <summary>Reads a name; without a schema it is in <c>public</c>.</summary>
    public static bool TryParse(string text, out string schema, out string name)
    {
        (schema, name) = ("public", "");
        var parts = new List<string>();
        var at = 0;
        do
        {
            if (Part(text, ref at) is not { Length: > 0 } part)
                return false;
            parts.Add(part);
        }
        while (at < text.Length && text[at++] == '.');
        if (at < text.Length || parts.Count > 2 || text.EndsWith('.'))
            return false;
        (schema, name) = parts.Count == 2 ? (parts[0], parts[1]) : ("public", parts[0]);
        return true;
    }

    /// <summary>The spelling that <see cref="TryParse"/> reads back.</summary>
    public static string Write(string schema, string name) => $"{Quoted(schema)}.{Quoted(name)}";

    private static string Quoted(string part) => part.IndexOfAny(['.', '"']) < 0 && part.Trim() == part && part.Length > 0
        ? part
        : $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string? Part(string text, ref int at)
    {
        if (at >= text.Length)
            return null;
        if (text[at] != '"')
        {
            var end = text.IndexOf('.', at) is >= 0 and var dot ? dot : text.Length;
            var plain = text[at..end];
            at = end;
            return plain.Contains('"', StringComparison.Ordinal) || plain.Trim() != plain ? null : plain;
        }
        var part = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"' && (at + 1 == text.Length || text[at + 1] != '"'))
            {
                at++;
                return at == text.Length || text[at] == '.' ? part.ToString() : null;
            }
            if (text[at] == '"')
                at++;
            part.Append(text[at]);
        }
        return null;
    }
}
