using System.Text;

namespace Upkeep.Reports.Markdown;

/// <summary>Escapes text so that a Markdown renderer (CommonMark, with GitHub's extensions) shows it as it is.</summary>
public static class MarkdownText
{
    private const string Special = "\\`*[]<>|~&#$!";

    /// <summary>The text on one line, fit for a paragraph, a list item or a table cell.</summary>
    public static string Of(string? text, int longest = SafeText.Longest)
    {
        var line = SafeText.Line(text, longest).Trim();
        var escaped = new StringBuilder(line.Length + 16);
        for (var at = 0; at < line.Length; at++)
        {
            if (NeedsEscape(line, at))
                escaped.Append('\\');
            escaped.Append(line[at]);
        }
        return escaped.ToString();
    }

    private static bool NeedsEscape(string line, int at) => line[at] switch
    {
        // Inside a word an underscore emphasises nothing, and user_sessions should stay readable in the source.
        '_' => at == 0 || at == line.Length - 1 || !char.IsAsciiLetterOrDigit(line[at - 1]) || !char.IsAsciiLetterOrDigit(line[at + 1]),
        // A bare address would become a link.
        ':' => line.AsSpan(at).StartsWith("://"),
        '.' => at >= 3 && line.AsSpan(0, at).EndsWith("www", StringComparison.OrdinalIgnoreCase) || (at > 0 && line.AsSpan(0, at).ContainsAnyExceptInRange('0', '9') is false),
        ')' => at > 0 && line.AsSpan(0, at).ContainsAnyExceptInRange('0', '9') is false,
        '-' or '+' or '=' => at == 0,
        var letter => Special.Contains(letter, StringComparison.Ordinal),
    };
}
