using System.Text;

namespace Upkeep.Postgres;

/// <summary>Makes the text of a statement fit for a report: constants may be anybody's data, or a password.</summary>
public static class StatementText
{
    /// <summary>The statement on one line, without comments, with every string and number replaced by <c>?</c>, cut at <paramref name="length"/> characters.</summary>
    public static string Mask(string statement, int length)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var text = new StringBuilder(Math.Min(statement.Length, length));
        var place = 0;
        while (place < statement.Length && text.Length <= length)
            place = Token(statement, place, text);
        var masked = text.ToString().Trim();
        return masked.Length <= length ? masked : masked[..length] + "…";
    }

    // A token that never ends (the server cuts texts short) goes to the end of the text: what is left of a secret is masked too.
    private static int Token(string sql, int at, StringBuilder text)
    {
        var current = sql[at];
        if (current == '\'')
            return Put(text, "?", Closing(sql, at + 1, '\'', escapes: text.Length > 0 && text[^1] is 'e' or 'E'));
        if (current == '"')
        {
            var end = Closing(sql, at + 1, '"', escapes: false);
            return Put(text, sql[at..end], end);
        }
        if (current == '$' && DollarTag(sql, at) is { } tag)
            return Put(text, "?", sql.IndexOf(tag, at + tag.Length, StringComparison.Ordinal) is >= 0 and var close ? close + tag.Length : sql.Length);
        if (Starts(sql, at, "--"))
            return Put(text, " ", sql.IndexOf('\n', at) is >= 0 and var line ? line : sql.Length);
        if (Starts(sql, at, "/*"))
            return Put(text, " ", sql.IndexOf("*/", at, StringComparison.Ordinal) is >= 0 and var comment ? comment + 2 : sql.Length);
        if (char.IsWhiteSpace(current) || char.IsControl(current))
            return Put(text, " ", at + 1);
        if (char.IsAsciiDigit(current) && !InsideName(text))
            return Put(text, "?", Run(sql, at, static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_'));
        return Put(text, current.ToString(), at + 1);
    }

    private static int Put(StringBuilder text, string piece, int next)
    {
        if (piece != " " || text.Length == 0 || text[^1] != ' ')
            text.Append(piece);
        return next;
    }

    private static bool InsideName(StringBuilder text) => text.Length > 0 && (char.IsLetterOrDigit(text[^1]) || text[^1] is '_' or '$');

    private static bool Starts(string sql, int at, string mark) => string.CompareOrdinal(sql, at, mark, 0, mark.Length) == 0;

    private static int Run(string sql, int at, Func<char, bool> belongs)
    {
        while (at < sql.Length && belongs(sql[at]))
            at++;
        return at;
    }

    private static int Closing(string sql, int at, char quote, bool escapes)
    {
        for (; at < sql.Length; at++)
        {
            if (escapes && sql[at] == '\\')
                at++;
            else if (sql[at] == quote && at + 1 < sql.Length && sql[at + 1] == quote)
                at++;
            else if (sql[at] == quote)
                return at + 1;
        }
        return sql.Length;
    }

    // $$ or $tag$; $1 is a parameter.
    private static string? DollarTag(string sql, int at)
    {
        var end = Run(sql, at + 1, static c => char.IsLetterOrDigit(c) || c == '_');
        return end < sql.Length && sql[end] == '$' && !(at + 1 < sql.Length && char.IsAsciiDigit(sql[at + 1])) ? sql[at..(end + 1)] : null;
    }
}
