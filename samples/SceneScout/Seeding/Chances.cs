namespace SceneScout.Seeding;

/// <summary>Short words for chance.</summary>
internal static class Chances
{
    public static bool Happens(this Random chance, double share) => chance.NextDouble() < share;

    public static T Of<T>(this Random chance, IReadOnlyList<T> pool) => pool[chance.Next(pool.Count)];

    /// <summary>An index that favours the front of the pool, as a few venues, users and searches make most of the traffic.</summary>
    public static int Favourite(this Random chance, int count) => (int)(count * Math.Pow(chance.NextDouble(), 2.2));

    /// <summary>A duration in milliseconds with the long tail that real ones have.</summary>
    /// <param name="median">The one in the middle.</param>
    public static int Latency(this Random chance, double median) => (int)(median * Math.Exp(0.8 * chance.Normal()));

    /// <summary>A random identifier of version 4 form.</summary>
    public static Guid Id(this Random chance)
    {
        Span<byte> bytes = stackalloc byte[16];
        chance.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    // Box and Muller's transform.
    private static double Normal(this Random chance) =>
        Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());
}
