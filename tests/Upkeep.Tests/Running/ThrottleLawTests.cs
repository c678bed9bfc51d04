using CsCheck;
using Upkeep.Configuration;
using Upkeep.Running;

namespace Upkeep.Tests.Running;

public sealed class ThrottleLawTests
{
    private static readonly ThrottleSettings _limits = new();
    private static readonly TimeSpan _usual = TimeSpan.FromMilliseconds(1);

    private static Gen<LoadSample> Samples =>
        Gen.Select(Gen.Double[0, 200], Gen.Int[0, 50], Gen.Double[0, 1], Gen.Double[0, 60], (latency, waiters, active, lag) => new LoadSample
        {
            Latency = TimeSpan.FromMilliseconds(latency), LockWaiters = waiters, ActiveShare = active, ReplicationLag = TimeSpan.FromSeconds(lag),
        });

    [Fact]
    public void More_load_never_makes_the_verdict_milder() =>
        Gen.Select(Samples, Gen.Double[0, 100], Gen.Int[0, 50], Gen.Double[0, 1], Gen.Double[0, 60]).Sample((sample, latency, waiters, active, lag) =>
        {
            var more = sample with
            {
                Latency = sample.Latency + TimeSpan.FromMilliseconds(latency), LockWaiters = sample.LockWaiters + waiters,
                ActiveShare = sample.ActiveShare + active, ReplicationLag = sample.ReplicationLag + TimeSpan.FromSeconds(lag),
            };
            return ThrottleLaw.Decide(more, _usual, _limits).Verdict >= ThrottleLaw.Decide(sample, _usual, _limits).Verdict;
        });

    [Fact]
    public void Every_verdict_but_go_has_its_reasons_and_go_has_none() =>
        Samples.Sample(sample => ThrottleLaw.Decide(sample, _usual, _limits) is var decision
            && (decision.Verdict == ThrottleVerdict.Go) == (decision.Reasons.Count == 0));

    [Fact]
    public void What_could_not_be_seen_decides_nothing() =>
        ThrottleLaw.Decide(new LoadSample(), _usual, _limits).Verdict.ShouldBe(ThrottleVerdict.Go);

    [Fact]
    public void A_latency_below_the_floor_is_never_slow_whatever_is_usual() =>
        Gen.Double[0, 4.99].Sample(latency =>
            ThrottleLaw.Decide(new LoadSample { Latency = TimeSpan.FromMilliseconds(latency) }, TimeSpan.FromMilliseconds(0.01), _limits).Verdict == ThrottleVerdict.Go);

    [Theory]
    [InlineData(0, ThrottleVerdict.Go)]
    [InlineData(1, ThrottleVerdict.Slow)]
    [InlineData(5, ThrottleVerdict.Pause)]
    [InlineData(20, ThrottleVerdict.GiveUp)]
    public void Lock_waiters_slow_pause_and_stop_at_their_limits(int waiters, ThrottleVerdict expected) =>
        ThrottleLaw.Decide(new LoadSample { LockWaiters = waiters }, null, _limits).Verdict.ShouldBe(expected);

    [Fact]
    public void A_reason_names_the_figure_and_the_limit() =>
        ThrottleLaw.Decide(new LoadSample { ReplicationLag = TimeSpan.FromSeconds(31) }, null, _limits).Reasons
            .ShouldBe(["a standby is 31.0 s behind (limit 30.0 s)"]);

    [Fact]
    public void Bites_shrink_and_rests_grow_with_neighbours_and_with_load()
    {
        var alone = ThrottlePace.Of(ThrottleVerdict.Go, 0, _limits);
        var neighbours = ThrottlePace.Of(ThrottleVerdict.Go, 3, _limits);
        var busy = ThrottlePace.Of(ThrottleVerdict.Slow, 3, _limits);

        neighbours.Bite.ShouldBeLessThan(alone.Bite);
        neighbours.Rest.ShouldBeGreaterThan(alone.Rest);
        busy.Rest.ShouldBeGreaterThan(neighbours.Rest);
        ThrottlePace.Of(ThrottleVerdict.Go, null, _limits).ShouldBe(neighbours);
        ThrottlePace.Of(ThrottleVerdict.Pause, 9, _limits with { Enabled = false }).ShouldBe(ThrottlePace.Unthrottled);
    }
}
