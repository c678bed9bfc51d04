using F23.StringSimilarity;

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

    // Edits between two words, where swapping two neighbours is one edit. What is longer than any key is near to none.
    private static int Distance(string a, string b) => a.Length > 100 || b.Length > 100 ? int.MaxValue : (int)new OptimalStringAlignment().Distance(a, b);
}
