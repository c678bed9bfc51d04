namespace Upkeep.Verification.ResponseTime;

/// <summary>The standard normal distribution.</summary>
internal static class Normal
{
    /// <summary>
    /// Probability of a value above <paramref name="z"/> (z ≥ 0), by the continued fraction of Mills' ratio (Abramowitz and Stegun,
    /// Handbook of Mathematical Functions, 26.2.14) for large z and by the power series (26.2.10) near zero.
    /// </summary>
    public static double Above(double z)
    {
        var density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        if (z > 3)
        {
            var fraction = z;
            for (var term = 60; term >= 1; term--)
                fraction = z + term / fraction;
            return density / fraction;
        }
        var (sum, power) = (z, z);
        for (var term = 1; term < 60; term++)
        {
            power *= -z * z / 2 / term;
            sum += power / (2 * term + 1);
        }
        return 0.5 - sum / Math.Sqrt(2 * Math.PI);
    }

    /// <summary>The value with the share <paramref name="probability"/> (0.5 to 1) below it, by halving.</summary>
    public static double Quantile(double probability)
    {
        var (low, high) = (0.0, 40.0);
        for (var halving = 0; halving < 60; halving++)
            (low, high) = Above((low + high) / 2) > 1 - probability ? ((low + high) / 2, high) : (low, (low + high) / 2);
        return low;
    }
}
