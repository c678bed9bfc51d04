namespace Upkeep.Configuration;

/// <summary>What a person probably meant.</summary>
public static class Nearest
{
    /// <summary>The known word nearest to what was written, or null where none is near (more than about a third of it differs).</summary>
    public static string? To(string written, IEnumerable<string> known)
    {
        var (best, distance) = known.Select(word => (Word: word, Distance: Distance(Plain(written), Plain(word))))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Word, StringComparer.Ordinal).FirstOrDefault((Word: "", Distance: int.MaxValue));
        return distance <= Math.Max(1, Math.Max(written.Length, best.Length) / 3) ? best : null;
    }

    // time_zone, time-zone and TimeZone are timeZone.
    private static string Plain(string word) => word.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>Edits between two words, where swapping two neighbours is one edit (Damerau and Levenshtein's optimal string alignment).</summary>
    internal static int Distance(string a, string b)
    {
        if (a.Length > 100 || b.Length > 100)
            return int.MaxValue;
        var edits = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            edits[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            edits[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                edits[i, j] = Math.Min(edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }
        return edits[a.Length, b.Length];
    }
}
