namespace Upkeep.Host.DiskCleanup;

/// <summary>
/// How much lies in files of which age, in bands a hundredth of their age wide: which files are the longest unused is then known without
/// holding a list of them.
/// </summary>
internal sealed class AgeBands
{
    private const int PerDoubling = 64;
    // 200 years in minutes.
    private const int Bands = 27 * PerDoubling;

    private readonly long[] _files = new long[Bands];
    private readonly long[] _bytes = new long[Bands];

    public static int Of(TimeSpan age) => Math.Clamp((int)(Math.Log2(age.TotalMinutes + 1) * PerDoubling), 0, Bands - 1);

    public void Add(int band, long files, long bytes)
    {
        _files[band] += files;
        _bytes[band] += bytes;
    }

    /// <summary>How far down from the oldest it takes to free so many bytes; everything, where that isn't enough.</summary>
    public (int Band, long Files, long Bytes) Freeing(long wanted)
    {
        var (band, files, bytes) = (Bands, 0L, 0L);
        while (band > 0 && bytes < wanted)
        {
            band--;
            files += _files[band];
            bytes += _bytes[band];
        }
        return (band, files, bytes);
    }
}
