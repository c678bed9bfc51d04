using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Upkeep.Configuration;
using Upkeep.Running;

namespace Upkeep.Tests.Running;

public sealed class ThrottleTests : IDisposable
{
    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
    private readonly StopSignal _stop = new();
    private LoadSample _load = new() { Latency = TimeSpan.FromMilliseconds(1) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task A_calm_database_lets_work_pass_at_once()
    {
        var throttle = Throttle();
        await Run(throttle.WarmUpAsync(_stop, Token));
        (await Run(throttle.PassAsync(_stop, Token))).ShouldBeNull();
        throttle.Paused.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task Work_waits_while_the_load_lasts_and_goes_on_after_it()
    {
        var throttle = Throttle();
        _load = new() { LockWaiters = 6 };
        var passing = throttle.PassAsync(_stop, Token);
        await AdvanceAsync(TimeSpan.FromSeconds(3));
        passing.IsCompleted.ShouldBeFalse();

        _load = new() { LockWaiters = 0 };

        (await Run(passing)).ShouldBeNull();
        throttle.Paused.ShouldBeGreaterThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Patience_ends_and_the_reason_is_told()
    {
        var throttle = Throttle();
        _load = new() { LockWaiters = 6 };
        (await Run(throttle.PassAsync(_stop, Token))).ShouldNotBeNull().ShouldContain("6 sessions wait for a lock");
    }

    [Fact]
    public async Task A_stop_ends_the_wait()
    {
        var throttle = Throttle();
        _load = new() { LockWaiters = 6 };
        var passing = throttle.PassAsync(_stop, Token);
        _stop.Request("test");
        (await passing).ShouldBeNull();
    }

    [Fact]
    public async Task One_look_over_a_hard_limit_is_a_hiccup_and_three_are_a_reason_to_stop()
    {
        var throttle = Throttle();
        _load = new() { ReplicationLag = TimeSpan.FromMinutes(1) };
        var looks = 0;
        _onLook = () => looks++;
        (await Run(throttle.PassAsync(_stop, Token))).ShouldNotBeNull().ShouldContain("too busy");
        looks.ShouldBe(3);
    }

    [Fact]
    public async Task A_switched_off_throttle_never_looks()
    {
        _onLook = () => throw new InvalidOperationException("looked");
        var throttle = Throttle(new ThrottleSettings { Enabled = false });
        await throttle.WarmUpAsync(_stop, Token);
        (await throttle.PassAsync(_stop, Token)).ShouldBeNull();
    }

    [Fact]
    public void The_load_that_we_make_never_becomes_the_usual() =>
        Gen.Double[0.1, 5].Array[LatencyBaseline.Warmup].Select(Gen.Double[10, 500].Array[0, 200]).Sample((first, loaded) =>
        {
            var baseline = new LatencyBaseline();
            foreach (var value in first)
                baseline.Add(TimeSpan.FromMilliseconds(value), calm: true);
            var usual = baseline.Usual;
            foreach (var value in loaded)
                baseline.Add(TimeSpan.FromMilliseconds(value), calm: false);
            return usual is not null && baseline.Usual == usual;
        });

    private Action _onLook = () => { };

    private Throttle Throttle(ThrottleSettings? settings = null) => new(settings ?? new(), _ =>
    {
        _onLook();
        return Task.FromResult(_load);
    }, _time);

    private async Task<T> Run<T>(Task<T> work)
    {
        while (!work.IsCompleted)
            await AdvanceAsync(TimeSpan.FromSeconds(1));
        return await work;
    }

    private async Task Run(Task work)
    {
        while (!work.IsCompleted)
            await AdvanceAsync(TimeSpan.FromSeconds(1));
        await work;
    }

    private async Task AdvanceAsync(TimeSpan span)
    {
        for (var done = TimeSpan.Zero; done < span; done += TimeSpan.FromMilliseconds(100))
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }
}
