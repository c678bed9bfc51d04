namespace Upkeep.Running;

/// <summary>
/// A step's limits: at its deadline it is asked to stop at a safe point, after the grace it is cancelled; a stop of the whole run is
/// passed on.
/// </summary>
internal sealed class StepBounds : IDisposable
{
    private readonly CancellationTokenSource _cancel;
    private readonly CancellationTokenRegistration _runStop;
    private readonly ITimer _soft;
    private readonly ITimer _hard;
    private int _ranOut;

    public StepBounds(TimeProvider time, TimeSpan deadline, TimeSpan grace, StopSignal? runStop, CancellationToken cancellationToken)
    {
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _soft = time.CreateTimer(_ => Stop.Request($"its deadline of {deadline} has come"), null, deadline, Timeout.InfiniteTimeSpan);
        _hard = time.CreateTimer(_ =>
        {
            Interlocked.Exchange(ref _ranOut, 1);
            _cancel.Cancel();
        }, null, deadline + grace, Timeout.InfiniteTimeSpan);
        if (runStop is not null)
            _runStop = runStop.Token.Register(() => Stop.Request(runStop.Reason!));
    }

    public StopSignal Stop { get; } = new();

    public CancellationToken Token => _cancel.Token;

    public bool RanOutOfTime => Volatile.Read(ref _ranOut) == 1;

    public void Dispose()
    {
        _runStop.Dispose();
        _soft.Dispose();
        _hard.Dispose();
        _cancel.Dispose();
        Stop.Dispose();
    }
}
