using Upkeep.Logs.Patterns;

namespace Upkeep.Cli.Verbs.Logs;

/// <summary>Lines over time in a few characters, the same stretch of time for every template.</summary>
internal static class Sparkline
{
    private const int Longest = 14;
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>The first and last hour of all; null where no line bears a time.</summary>
    public static (long First, long Last)? Range(IReadOnlyList<Template> templates)
    {
        var hours = templates.SelectMany(template => template.Hours.Keys).ToList();
        return hours.Count == 0 ? null : (hours.Min(), hours.Max());
    }

    public static string Of(IReadOnlyDictionary<long, long> hours, (long First, long Last)? range)
    {
        if (range is not { } all)
            return "–";
        var length = (int)Math.Min(Longest, all.Last - all.First + 1);
        var counts = new long[length];
        foreach (var (hour, count) in hours)
            counts[Math.Clamp((hour - all.First) * length / (all.Last - all.First + 1), 0, length - 1)] += count;
        var most = Math.Max(1, counts.Max());
        return string.Concat(counts.Select(count => count == 0 ? ' ' : Bars[(int)((count * Bars.Length - 1) / most)]));
    }
}
