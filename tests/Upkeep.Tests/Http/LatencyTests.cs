using Upkeep.Http;

namespace Upkeep.Tests.Http;

public sealed class LatencyTests
{
    [Fact]
    public void Percentiles_lie_between_neighbours()
    {
        var latency = Latency.Of([.. Enumerable.Range(1, 101).Select(value => (double)value)])!;

        (latency.P50, latency.P95, latency.P99, latency.Max).ShouldBe((51, 96, 100, 101));
        Latency.Of([1, 2])!.P50.ShouldBe(1.5);
    }

    [Fact]
    public void Nothing_measured_is_no_figure() => Latency.Of([]).ShouldBeNull();
}
