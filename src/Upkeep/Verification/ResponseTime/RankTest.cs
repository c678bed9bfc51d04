using MathNet.Numerics.Distributions;

namespace Upkeep.Verification.ResponseTime;

/// <summary>
/// Whether one sample tends to be larger than another, and by how much, without assuming any shape of their distributions.
/// </summary>
/// <param name="P">Two-sided probability of a difference in ranks at least as large when there is none.</param>
/// <param name="Shift">Hodges–Lehmann estimate of the shift: the median of all differences after − before.</param>
/// <param name="Low">Lower end of the confidence interval of the shift.</param>
/// <param name="High">Upper end.</param>
internal sealed record RankTest(double P, double Shift, double Low, double High)
{
    /// <summary>
    /// Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the other", Annals of
    /// Mathematical Statistics 18 (1947) 50–60, by the normal approximation with continuity and tie correction (good from about ten
    /// a side). Shift: Hodges and Lehmann, "Estimates of location based on rank tests", Annals of Mathematical Statistics 34 (1963)
    /// 598–611; its interval from the ordered differences: Hollander, Wolfe and Chicken, Nonparametric Statistical Methods (3rd ed.), 4.3.
    /// </summary>
    /// <param name="alpha">1 − confidence of the interval.</param>
    public static RankTest Of(IReadOnlyList<double> before, IReadOnlyList<double> after, double alpha)
    {
        double[] differences = [.. after.SelectMany(_ => before, (second, first) => second - first).Order()];
        double m = before.Count, n = after.Count;
        // U counts the pairs in which "after" is the larger; a tie is half.
        var u = differences.Count(difference => difference > 0) + 0.5 * differences.Count(difference => difference == 0);
        var ties = before.Concat(after).CountBy(value => value).Sum(group => Math.Pow(group.Value, 3) - group.Value);
        var deviation = Math.Sqrt(m * n / 12 * (m + n + 1 - ties / ((m + n) * (m + n - 1))));
        var distance = Math.Max(0, Math.Abs(u - m * n / 2) - 0.5);
        var p = deviation == 0 ? 1 : Math.Min(1, 2 * Normal.CDF(0, 1, -distance / deviation));
        var rank = (int)Math.Clamp(Math.Floor(m * n / 2 - Normal.InvCDF(0, 1, 1 - alpha / 2) * Math.Sqrt(m * n * (m + n + 1) / 12)), 0, (m * n - 1) / 2);
        return new RankTest(p, Median(differences), differences[rank], differences[^(rank + 1)]);
    }

    public static double Median(IReadOnlyList<double> sorted) =>
        sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
}
