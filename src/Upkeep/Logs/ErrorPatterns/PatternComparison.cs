namespace Upkeep.Logs.ErrorPatterns;

/// <summary>
/// This week's templates beside those of earlier weeks: pure. A count surges where it is further above the median of the weeks before
/// than 3.5 robust standard deviations, the limit that Iglewicz and Hoaglin give for the modified z-score ("How to Detect and Handle
/// Outliers", 1993): 1.4826 times the median absolute deviation, and never less than the square root of the median, by which counts of
/// independent events scatter (Poisson). It says nothing of fewer than four weeks, nor of a count that isn't twice the usual and ten more.
/// </summary>
internal static class PatternComparison
{
    public const int FewestWeeksForSurge = 4;

    private const double Limit = 3.5;
    private const double Normal = 1.4826;
    private const long LeastSurge = 10;
    // A message that came up less often may have stayed away by chance.
    private const double LeastUsual = 5;

    /// <param name="now">This week, all of its kept templates.</param>
    /// <param name="weeks">Earlier clean weeks, newest first.</param>
    /// <param name="isComparable">Whether a template of this week comes from a log that was read before.</param>
    public static IReadOnlyList<PatternChange> Compare(IReadOnlyList<PatternCount> now, IReadOnlyList<ErrorPatternsSurvey> weeks, Func<PatternCount, bool> isComparable)
    {
        if (weeks.Count == 0)
            return [];
        var past = weeks.Select(week => new Week(week.Patterns)).ToList();
        var changes = new List<PatternChange>();
        foreach (var pattern in now.Where(isComparable))
        {
            double[] counts = [.. past.Select(week => (double)week.CountOf(pattern))];
            // A week that kept only its most frequent templates can't say that another one was not there.
            if (counts.All(count => count == 0))
                changes.AddRange(past.Exists(week => week.MayHaveHad(pattern)) ? [] : [new PatternChange(ChangeKind.New, pattern.Id, pattern.Text, pattern.IsCritical, pattern.Count, 0)]);
            else if (counts.Length >= FewestWeeksForSurge && IsSurge(pattern.Count, counts))
                changes.Add(new PatternChange(ChangeKind.Surging, pattern.Id, pattern.Text, pattern.IsCritical, pattern.Count, Median(counts)));
        }
        var present = new Week(now);
        foreach (var gone in weeks[0].Patterns.Where(pattern => present.CountOf(pattern) == 0 && !present.MayHaveHad(pattern)))
        {
            var usual = Median([.. past.Select(week => (double)week.CountOf(gone))]);
            if (usual >= LeastUsual)
                changes.Add(new PatternChange(ChangeKind.Vanished, gone.Id, gone.Text, gone.IsCritical, 0, usual));
        }
        return [.. changes.OrderBy(change => change.Kind).ThenByDescending(change => change.IsCritical).ThenByDescending(change => change.Count)];
    }

    public static bool IsSurge(long count, double[] earlier)
    {
        var median = Median(earlier);
        var scatter = Math.Max(Normal * Median([.. earlier.Select(value => Math.Abs(value - median))]), Math.Sqrt(Math.Max(1, median)));
        return count - median > Limit * scatter && count >= 2 * median && count - median >= LeastSurge;
    }

    /// <summary>
    /// Whether two templates are the same one with another word masked: which words are values is decided by how often they came up, and that
    /// may come out differently in a week with other counts.
    /// </summary>
    public static bool IsSame(string one, string other) => Covers(one, other) || Covers(other, one);

    private static bool Covers(string template, string text)
    {
        var pieces = template.Split(Patterns.Token.Variable);
        if (!text.StartsWith(pieces[0], StringComparison.Ordinal))
            return false;
        var at = pieces[0].Length;
        for (var number = 1; number < pieces.Length; number++)
        {
            var next = number == pieces.Length - 1 ? text.EndsWith(pieces[number], StringComparison.Ordinal) ? text.Length - pieces[number].Length : -1
                : at + 1 < text.Length ? text.IndexOf(pieces[number], at + 1, StringComparison.Ordinal) : -1;
            if (next <= at || text.AsSpan(at, next - at).Contains(' '))
                return false;
            at = next + pieces[number].Length;
        }
        return at == text.Length;
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private sealed class Week(IReadOnlyList<PatternCount> patterns)
    {
        private readonly Dictionary<string, long> _counts = patterns.ToDictionary(pattern => pattern.Id, pattern => pattern.Count, StringComparer.Ordinal);

        public long CountOf(PatternCount pattern) => _counts.TryGetValue(pattern.Id, out var count) ? count
            : patterns.Where(other => IsSame(other.Text, pattern.Text)).Sum(other => other.Count);

        public bool MayHaveHad(PatternCount pattern) => patterns.Count >= ErrorPatternsStep.MostKept && pattern.Count <= patterns[^1].Count;
    }
}
