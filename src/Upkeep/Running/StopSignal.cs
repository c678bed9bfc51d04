namespace Upkeep.Running;

/// <summary>
/// Asks the running step to stop at its next safe point (Ctrl-C, SIGTERM, the window's end, the step's deadline). It is not a cancellation:
/// work under way is finished to where it can be resumed. A second Ctrl-C cancels.
/// </summary>
public sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _requested = new();
    private string? _reason;

    /// <summary>Why a stop was asked for, or null.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    public bool IsRequested => Reason is not null;

    /// <summary>Cancelled when a stop is asked for: for waits (a pause, the window's opening) that are safe points themselves.</summary>
    public CancellationToken Token => _requested.Token;

    /// <summary>The first reason counts.</summary>
    public void Request(string reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null)
            _requested.Cancel();
    }

    public void Dispose() => _requested.Dispose();
}
