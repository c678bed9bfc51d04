using System.Text;

namespace Upkeep.Configuration.Reading;

/// <summary>libpq's key=value form: pairs apart by white space, values in single quotes where they hold spaces, backslash before quote and backslash.</summary>
internal static class KeyValues
{
    /// <exception cref="ValueProblemException">Not that form; the message holds no value.</exception>
    public static Dictionary<string, string> Read(string text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = 0;
        while (SkipSpace(text, ref at))
        {
            var start = at;
            while (at < text.Length && text[at] != '=' && !char.IsWhiteSpace(text[at]))
                at++;
            var name = text[start..at];
            SkipSpace(text, ref at);
            if (at == text.Length || text[at] != '=' || name.Length == 0 || !name.All(letter => char.IsAsciiLetterLower(letter) || letter == '_'))
                throw new ValueProblemException("is neither a PostgreSQL URL nor key=value pairs", DatabaseUrl.Form);
            at++;
            SkipSpace(text, ref at);
            var value = Value(text, ref at, name);
            if (value.Length > 0)
                pairs[name] = value;
        }
        return pairs;
    }

    private static string Value(string text, ref int at, string name)
    {
        var value = new StringBuilder();
        var quoted = at < text.Length && text[at] == '\'';
        if (quoted)
            at++;
        for (; at < text.Length; at++)
        {
            if (quoted ? text[at] == '\'' : char.IsWhiteSpace(text[at]))
                break;
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            value.Append(text[at]);
        }
        if (!quoted)
            return value.ToString();
        if (at == text.Length)
            throw new ValueProblemException($"has no closing quote after {name}='", "Close it; a quote inside a value is written \\'.");
        at++;
        return value.ToString();
    }

    private static bool SkipSpace(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at < text.Length;
    }
}
