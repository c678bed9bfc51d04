using Upkeep.Configuration;

namespace Upkeep.Running;

/// <summary>How work is to be cut: what hurts users is how much is written between two of their commits, so it is bites and rests, not only pauses.</summary>
/// <param name="Bite">How long one statement should take.</param>
/// <param name="Rest">Wait after each statement.</param>
/// <param name="Batch">How long one transaction should take, rests included; commits cost users a disk flush, so they are few.</param>
public sealed record ThrottlePace(TimeSpan Bite, TimeSpan Rest, TimeSpan Batch)
{
    // Beside neighbours most of a batch is rest, and each commit is a disk flush that they pay too: so batches last longer there, and
    // whoever waits for one still ends it early.
    private const int Stretch = 30;

    /// <summary>As fast as it goes, and still short enough to yield within the lock budget.</summary>
    public static ThrottlePace Unthrottled { get; } = new(TimeSpan.FromMilliseconds(50), TimeSpan.Zero, TimeSpan.FromSeconds(1));

    /// <summary>The pace that a verdict and the neighbours ask for.</summary>
    public static ThrottlePace Of(ThrottleVerdict verdict, int? neighbours, ThrottleSettings limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (!limits.Enabled)
            return Unthrottled;
        if (verdict != ThrottleVerdict.Go)
            return new(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(40), limits.BatchTarget);
        // Neighbours that can't be seen are taken to be there.
        return neighbours == 0
            ? new(TimeSpan.FromMilliseconds(25), TimeSpan.Zero, limits.BatchTarget)
            : new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(9), limits.BatchTarget * Stretch);
    }
}
