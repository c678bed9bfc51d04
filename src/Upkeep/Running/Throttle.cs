using Upkeep.Configuration;

namespace Upkeep.Running;

/// <summary>
/// The one throttle. Work that competes with users asks it between bites: it looks at the load, waits as long as a limit is passed, and
/// says so when it is better to give up. One throttle serves one step; several of the step's workers may ask at once.
/// </summary>
/// <param name="sample">Looks at the load once.</param>
public sealed class Throttle(ThrottleSettings limits, Func<CancellationToken, Task<LoadSample>> sample, TimeProvider time) : IDisposable
{
    // Looking costs a few tiny queries; what is to be seen (lag, queues) doesn't change faster.
    private static readonly TimeSpan _every = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    // A single look over a hard limit may be a hiccup; three in a row are a load.
    private const int HardLooks = 3;

    private readonly LatencyBaseline _baseline = new();
    private readonly SemaphoreSlim _one = new(1);
    private long? _looked;
    private ThrottleDecision _decision = new(ThrottleVerdict.Go, []);
    private int? _neighbours;
    private int _hardInARow;

    /// <summary>How work is to be cut just now.</summary>
    public ThrottlePace Pace => ThrottlePace.Of(_decision.Verdict, _neighbours, limits);

    /// <summary>Time spent waiting for others so far, without the rests between bites.</summary>
    public TimeSpan Paused { get; private set; }

    /// <summary>Learns the usual latency while no work of ours runs. Takes under a second.</summary>
    public async Task WarmUpAsync(StopSignal stop, CancellationToken cancellationToken)
    {
        for (var look = 0; limits.Enabled && look < LatencyBaseline.Warmup && !stop.IsRequested; look++)
        {
            await LookAsync(cancellationToken);
            await WaitAsync(TimeSpan.FromMilliseconds(60), stop, cancellationToken);
        }
    }

    /// <summary>To be asked where nothing is held open (between transactions): waits while a limit is passed.</summary>
    /// <returns>Null to go on, or why to stop with the progress kept.</returns>
    public async Task<string?> PassAsync(StopSignal stop, CancellationToken cancellationToken)
    {
        if (!limits.Enabled)
            return null;
        await _one.WaitAsync(cancellationToken);
        try
        {
            var since = time.GetTimestamp();
            while (true)
            {
                if (_looked is not { } last || time.GetElapsedTime(last) >= _every)
                    await LookAsync(cancellationToken);
                if (_hardInARow >= HardLooks)
                    return $"the database is too busy: {string.Join("; ", _decision.Reasons)}";
                if (_decision.Verdict is ThrottleVerdict.Go or ThrottleVerdict.Slow || stop.IsRequested)
                    return null;
                var waited = time.GetElapsedTime(since);
                if (waited >= limits.Patience)
                    return $"the database stayed busy for {waited.TotalMinutes:0.#} min: {string.Join("; ", _decision.Reasons)}";
                await WaitAsync(_pause, stop, cancellationToken);
                Paused += _pause;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The rest after a bite; a stop ends it.</summary>
    public Task RestAsync(StopSignal stop, CancellationToken cancellationToken) =>
        Pace.Rest > TimeSpan.Zero ? WaitAsync(Pace.Rest, stop, cancellationToken) : Task.CompletedTask;

    public void Dispose() => _one.Dispose();

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var seen = await sample(cancellationToken);
        _looked = time.GetTimestamp();
        _decision = ThrottleLaw.Decide(seen, _baseline.Usual, limits);
        _neighbours = seen.Neighbours;
        _hardInARow = _decision.Verdict == ThrottleVerdict.GiveUp ? _hardInARow + 1 : 0;
        if (seen.Latency is { } latency)
            _baseline.Add(latency, calm: _decision.Verdict == ThrottleVerdict.Go);
    }

    private async Task WaitAsync(TimeSpan span, StopSignal stop, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token);
        try
        {
            await Task.Delay(span, time, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A stop was asked for: the wait is a safe point, whoever waits looks at the signal next.
        }
    }
}
