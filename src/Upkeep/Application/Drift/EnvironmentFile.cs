using System.Text.RegularExpressions;

namespace Upkeep.Application.Drift;

/// <summary>Reads files of NAME=value as dotenv and systemd do: comments, <c>export</c>, quotes, values over several lines in quotes.</summary>
internal static partial class EnvironmentFile
{
    private const long Largest = 1 << 20;

    /// <summary>An entry. The value must not be told.</summary>
    internal sealed record Entry(string Name, string Value, int Line);

    /// <exception cref="IOException">It can't be read, or is no file of this kind.</exception>
    public static IReadOnlyList<Entry> Read(string path)
    {
        if (new FileInfo(path).Length > Largest)
            throw new IOException($"it is larger than {Amount.Bytes(Largest)}");
        return Parse(File.ReadAllText(path));
    }

    public static IReadOnlyList<Entry> Parse(string text)
    {
        var entries = new List<Entry>();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            if (Assignment().Match(lines[index]) is not { Success: true } match)
                continue;
            var (line, value) = (index + 1, match.Groups["value"].Value.Trim());
            if (value.Length > 0 && value[0] is '"' or '\'' or '`')
            {
                var quote = value[0];
                // A certificate in quotes goes on over lines; a quote that is never closed ends with its own.
                var whole = value;
                var last = index;
                while (Closing(whole, quote) < 0 && last + 1 < lines.Length)
                    whole += "\n" + lines[++last];
                if (Closing(whole, quote) is > 0 and var end)
                    (value, index) = (whole[1..end], last);
                else
                    value = value[1..];
            }
            else if (value.IndexOf(" #", StringComparison.Ordinal) is >= 0 and var comment)
                value = value[..comment].Trim();
            else if (value.StartsWith('#'))
                value = "";
            entries.Add(new Entry(match.Groups["name"].Value, value, line));
        }
        return entries;
    }

    private static int Closing(string text, char quote)
    {
        for (var at = 1; at < text.Length; at++)
        {
            if (text[at] == '\\' && quote == '"')
                at++;
            else if (text[at] == quote)
                return at;
        }
        return -1;
    }

    [GeneratedRegex(@"^\s*(?:export\s+)?(?<name>[A-Za-z_][A-Za-z0-9_.]*)\s*=(?<value>.*)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Assignment();
}
