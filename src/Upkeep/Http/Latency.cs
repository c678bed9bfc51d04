namespace Upkeep.Http;

/// <summary>A latency distribution in figures, in ms.</summary>
public sealed record Latency(double P50, double P95, double P99, double Max)
{
    /// <summary>The distribution of at least one sample, else null: no figure is made up where nothing was measured.</summary>
    public static Latency? Of(IReadOnlyCollection<double> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Count == 0)
            return null;
        double[] sorted = [.. samples.Order()];
        return new Latency(Percentile(sorted, 0.5), Percentile(sorted, 0.95), Percentile(sorted, 0.99), sorted[^1]);
    }

    /// <summary>
    /// The value below which the share <paramref name="share"/> of the samples lies, interpolated between neighbours: definition 7 of
    /// Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996) 361–365.
    /// </summary>
    /// <param name="sorted">Ascending, at least one.</param>
    public static double Percentile(IReadOnlyList<double> sorted, double share)
    {
        ArgumentNullException.ThrowIfNull(sorted);
        var place = share * (sorted.Count - 1);
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
