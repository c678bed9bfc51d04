using System.Globalization;

namespace Upkeep.Configuration.Validation;

internal static class ThrottleValidator
{
    public static IEnumerable<Objection> Check(ThrottleSettings throttle)
    {
        const string hint = "The soft limit slows work down before the hard one ends it: make it the smaller of the two.";
        if (throttle.SoftLatencyFactor > throttle.HardLatencyFactor)
            yield return new Objection("softLatencyFactor", Above(throttle.SoftLatencyFactor, throttle.HardLatencyFactor), hint, "hardLatencyFactor");
        if (throttle.SoftLockWaiters > throttle.HardLockWaiters)
            yield return new Objection("softLockWaiters", Above(throttle.SoftLockWaiters, throttle.HardLockWaiters), hint, "hardLockWaiters");
        if (throttle.SoftActiveShare > throttle.HardActiveShare)
            yield return new Objection("softActiveShare", Above(throttle.SoftActiveShare, throttle.HardActiveShare), hint, "hardActiveShare");
        if (throttle.SoftReplicationLag > throttle.HardReplicationLag)
            yield return new Objection("softReplicationLag", Above(Durations.Write(throttle.SoftReplicationLag), Durations.Write(throttle.HardReplicationLag)), hint, "hardReplicationLag");
        if (throttle.BatchTarget == TimeSpan.Zero)
            yield return new Objection("batchTarget", "a batch can't take no time", "Write for example 100ms.");
    }

    private static string Above<T>(T soft, T hard) => string.Create(CultureInfo.InvariantCulture, $"the soft limit {soft} is above the hard limit {hard}");
}
