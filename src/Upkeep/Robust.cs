namespace Upkeep;

/// <summary>Statistics that a few odd values can't move.</summary>
internal static class Robust
{
    /// <summary>The middle value, or the mean of the middle two.</summary>
    /// <param name="values">At least one.</param>
    public static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>
    /// The slope after Theil (1950) and Sen (1968): the median of the slopes between all pairs of points, which up to 29 % of odd points can't
    /// move far. And the median of what is left of each value at <c>x = 0</c>.
    /// </summary>
    /// <returns>Null where fewer than two different places are known.</returns>
    public static (double Slope, double Intercept)? TheilSen(IReadOnlyList<(double X, double Y)> points)
    {
        var slopes = new List<double>();
        for (var first = 0; first < points.Count; first++)
        {
            for (var second = first + 1; second < points.Count; second++)
            {
                if (points[first].X != points[second].X)
                    slopes.Add((points[second].Y - points[first].Y) / (points[second].X - points[first].X));
            }
        }
        if (slopes.Count == 0)
            return null;
        var slope = Median(slopes);
        return (slope, Median([.. points.Select(point => point.Y - slope * point.X)]));
    }
}
