using System.Globalization;
using Upkeep.Configuration;

namespace Upkeep.Running;

/// <summary>What the throttle says to work that competes with users.</summary>
public enum ThrottleVerdict
{
    /// <summary>Nobody is disturbed: go on.</summary>
    Go,

    /// <summary>A soft limit is passed: take smaller bites and longer rests.</summary>
    Slow,

    /// <summary>A soft limit is passed by far: do nothing for now.</summary>
    Pause,

    /// <summary>A hard limit is passed: stop, keeping what is done.</summary>
    GiveUp,
}

/// <summary>A verdict with its reasons, each with figure and limit; empty for <see cref="ThrottleVerdict.Go"/>.</summary>
public sealed record ThrottleDecision(ThrottleVerdict Verdict, IReadOnlyList<string> Reasons);

/// <summary>The control law of the one throttle: a sample and a baseline in, a decision with its reasons out. Pure.</summary>
public static class ThrottleLaw
{
    // Halfway (in proportion) from soft to hard, slowing down has evidently not helped: wait instead.
    private const double PauseExponent = 0.5;

    /// <param name="baseline">The usual latency of the probe, or null while it isn't known.</param>
    public static ThrottleDecision Decide(LoadSample sample, TimeSpan? baseline, ThrottleSettings limits)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(limits);
        List<(ThrottleVerdict Verdict, string Reason)> judged =
        [
            Latency(sample.Latency, baseline, limits),
            Judge(sample.LockWaiters, limits.SoftLockWaiters, limits.HardLockWaiters,
                (value, limit) => string.Create(CultureInfo.InvariantCulture, $"{value:0} sessions wait for a lock (limit {limit:0})")),
            Judge(sample.ActiveShare, limits.SoftActiveShare, limits.HardActiveShare,
                (value, limit) => string.Create(CultureInfo.InvariantCulture, $"{value:P0} of the connections are at work (limit {limit:P0})")),
            Judge(sample.ReplicationLag?.TotalSeconds, limits.SoftReplicationLag.TotalSeconds, limits.HardReplicationLag.TotalSeconds,
                (value, limit) => string.Create(CultureInfo.InvariantCulture, $"a standby is {value:0.0} s behind (limit {limit:0.0} s)")),
        ];
        var worst = judged.Max(one => one.Verdict);
        return new ThrottleDecision(worst, worst == ThrottleVerdict.Go
            ? []
            : [.. judged.Where(one => one.Verdict != ThrottleVerdict.Go).OrderByDescending(one => one.Verdict).Select(one => one.Reason)]);
    }

    private static (ThrottleVerdict, string) Latency(TimeSpan? latency, TimeSpan? baseline, ThrottleSettings limits)
    {
        if (latency is not { } seen || baseline is not { } usual || seen < limits.LatencyFloor)
            return (ThrottleVerdict.Go, "");
        // A baseline of zero (a clock too coarse) would make everything slow.
        var unit = Math.Max(usual.TotalMilliseconds, 0.001);
        return Judge(seen.TotalMilliseconds / unit, limits.SoftLatencyFactor, limits.HardLatencyFactor,
            (value, limit) => string.Create(CultureInfo.InvariantCulture,
                $"a tiny read takes {seen.TotalMilliseconds:0.0} ms, {value:0.0} times its usual {usual.TotalMilliseconds:0.0} ms (limit {limit:0.0} times)"));
    }

    private static (ThrottleVerdict, string) Judge(double? value, double soft, double hard, Func<double, double, string> reason)
    {
        if (value is not { } seen || seen < soft || seen <= 0)
            return (ThrottleVerdict.Go, "");
        if (seen >= hard)
            return (ThrottleVerdict.GiveUp, reason(seen, hard));
        var pause = soft > 0 ? soft * Math.Pow(hard / soft, PauseExponent) : hard * PauseExponent;
        return (seen >= pause ? ThrottleVerdict.Pause : ThrottleVerdict.Slow, reason(seen, soft));
    }
}
