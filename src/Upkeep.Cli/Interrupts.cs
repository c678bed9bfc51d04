using System.Runtime.InteropServices;
using Upkeep.Cli.Output;
using Upkeep.Running;

namespace Upkeep.Cli;

/// <summary>
/// Ctrl-C, SIGTERM and SIGHUP. A verb that can stop gently (<see cref="StopGently"/>) is asked to at the first one and cancelled at the
/// second; any other is cancelled at the first.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _now;
    private readonly CommandOutput _output;
    private readonly PosixSignalRegistration[] _registrations;
    private string? _howToGoOn;

    public Interrupts(CommandOutput output, CancellationToken cancellationToken)
    {
        _output = output;
        _now = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    /// <summary>Asked for at the first signal.</summary>
    public StopSignal Stop { get; } = new();

    /// <summary>Cancelled when the verb is to stop at once.</summary>
    public CancellationToken Token => _now.Token;

    /// <summary>From now on the first signal only asks to stop at the next safe point.</summary>
    /// <param name="howToGoOn">Told to the operator, for example <c>Go on later with: upkeep run --resume</c>.</param>
    /// <remarks>The first word counts: a verb that hands its work to another knows better how it can be gone on with.</remarks>
    public void StopGently(string howToGoOn) => _howToGoOn ??= howToGoOn;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _now.Dispose();
        Stop.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_howToGoOn is { } howToGoOn && !Stop.IsRequested)
        {
            // Stopping first: a terminal that takes no text must not keep us working.
            Stop.Request($"{context.Signal} received");
            _output.Notice($"{context.Signal} received: stopping at the next safe point. Once more stops at once. {howToGoOn}");
        }
        else
        {
            _now.Cancel();
        }
    }
}
