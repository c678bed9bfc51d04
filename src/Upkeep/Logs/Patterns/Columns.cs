namespace Upkeep.Logs.Patterns;

/// <summary>
/// Decides for shapes that differ in words only which of the words are values: by how many there are, how often each comes up, and where
/// it stands. The published idea of Drain and Brain, without a threshold or expression per kind of log.
/// </summary>
internal static class Columns
{
    // A few words in one place are different messages ("succeeded", "failed"); many are a value.
    private const int FewWords = 3;
    private const int SomeWords = 8;
    // Seen so often, a word is no name of somebody.
    private const int Recurring = 3;
    private const int ManyStates = 25;
    private const int ManyBeginnings = 100;

    private static readonly HashSet<string> _announcing = new(StringComparer.OrdinalIgnoreCase) { "user", "users", "username", "account", "host", "hostname" };

    /// <summary>The tallies in groups that make one template each, with the columns that hold values.</summary>
    public static IEnumerable<(IReadOnlyList<Tally> Members, IReadOnlySet<int> Values)> Split(IReadOnlyList<Tally> alike)
    {
        var differing = Differing(alike);
        if (differing.Count == 0)
            return [(alike, new HashSet<int>())];
        var tokens = alike[0].Tokens;
        var first = Array.FindIndex(tokens, token => !token.IsMark);
        var pairs = differing.Count(column => column.At > 1 && tokens[column.At - 1].Text == "=");
        foreach (var column in differing)
        {
            if (!column.IsValue(tokens, first, pairs))
                return alike.GroupBy(tally => tally.Tokens[column.At].Text, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
                    .SelectMany(group => Split([.. group]));
        }
        return [(alike, differing.Select(column => column.At).ToHashSet())];
    }

    private static List<Column> Differing(IReadOnlyList<Tally> alike)
    {
        if (alike.Count == 1)
            return [];
        var columns = new List<Column>();
        for (var at = 0; at < alike[0].Tokens.Length; at++)
        {
            var text = alike[0].Tokens[at].Text;
            if (alike.All(tally => tally.Tokens[at].Text == text))
                continue;
            var words = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var tally in alike)
                words[tally.Tokens[at].Text] = words.GetValueOrDefault(tally.Tokens[at].Text) + tally.Count;
            columns.Add(new Column(at, words));
        }
        // The column with the fewest words divides best; the leftmost of several.
        return [.. columns.OrderBy(column => column.Words.Count).ThenBy(column => column.At)];
    }

    private sealed record Column(int At, Dictionary<string, long> Words)
    {
        public bool IsValue(Token[] tokens, int first, int pairs)
        {
            // A message begins with what it is about.
            if (At == first)
                return Words.Count > ManyBeginnings;
            var named = Words.Where(word => word.Key != Token.Variable).ToList();
            if (named.Count(word => IsState(word.Key)) >= 0.8 * named.Count)
                return Words.Count > ManyStates;
            var before = At > 0 ? tokens[At - 1].Text : "";
            if (_announcing.Contains(before))
                return true;
            // A part of a path: a site has many routes, and many more events.
            if (before == "/")
                return Words.Count > ManyStates || Words.Count > FewWords && named.Count(word => word.Value >= Recurring) < 0.5 * named.Count;
            var mostlyMasked = Words.GetValueOrDefault(Token.Variable) >= 0.5 * Words.Values.Sum();
            // Two pairs that differ make a record of values; "name" is one by its name.
            if (At > 1 && before == "=" && (mostlyMasked || pairs > 1 || tokens[At - 2].Text.Equals("name", StringComparison.OrdinalIgnoreCase)))
                return true;
            if (mostlyMasked && named.Count > 1)
                return true;
            if (!named.TrueForAll(word => IsPlain(word.Key)))
                return Words.Count > 2;
            return Words.Count > FewWords && (Words.Count > SomeWords || named.Count(word => word.Value >= Recurring) < 0.75 * named.Count);
        }

        // RUNNING, GET, HTTPS: enumerations are written in capitals.
        private static bool IsState(string word) => word.Length > 1 && word.Any(char.IsAsciiLetterUpper) && !word.Any(char.IsAsciiLetterLower);

        private static bool IsPlain(string word) => char.IsAsciiLetter(word[0]) && word.All(letter => char.IsAsciiLetter(letter) || letter is '_' or '.' or '-' or '/');
    }
}
