using Upkeep.Configuration;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Rollback.Services;

/// <summary>
/// Something that uses the database and is stopped while databases are swapped. Stopping a stopped one and starting a running one do nothing; what
/// was done is believed when the service's keeper says so afterwards, within <see cref="Patience"/>.
/// </summary>
public abstract class Service(string name, ServicePrograms programs)
{
    /// <summary>Unless told otherwise.</summary>
    public static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(100);

    // How long a started service must go on running to be believed: many die of their configuration in their first moment.
    private static readonly TimeSpan _settled = TimeSpan.FromSeconds(1);

    /// <summary>As configured.</summary>
    public string Name { get; } = name;

    /// <summary>What keeps it running, for people: systemd, pm2, nginx or command.</summary>
    public abstract string Keeper { get; }

    /// <summary>Longest wait for the service to be stopped, or to be running, and for each program that is run for it.</summary>
    public TimeSpan Patience => Programs.Patience;

    private protected ServicePrograms Programs { get; } = programs;

    /// <summary>The adapter that the settings name.</summary>
    /// <param name="patience">See <see cref="Patience"/>; null takes <see cref="UsualPatience"/>.</param>
    public static Service Of(ServiceSettings settings, ProgramDoor door, TimeProvider time, TimeSpan? patience = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var programs = new ServicePrograms(door, time, patience ?? UsualPatience);
        return settings.Kind switch
        {
            ServiceKind.Systemd => new SystemdService(settings, programs),
            ServiceKind.Pm2 => new Pm2Service(settings, programs),
            ServiceKind.Nginx => new NginxService(settings, programs),
            ServiceKind.Command => new CommandService(settings, programs),
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Kind, "no such kind"),
        };
    }

    /// <summary>Looks, and changes nothing.</summary>
    public abstract Task<ServiceState> StateAsync(CancellationToken cancellationToken);

    /// <summary>Looks until the service is in a state that lasts, for <see cref="Patience"/> at most.</summary>
    public Task<ServiceState> SettledAsync(CancellationToken cancellationToken) => SettleAsync(_ => false, cancellationToken);

    /// <returns>Null where it is stopped now.</returns>
    public async Task<Problem?> StopAsync(CancellationToken cancellationToken)
    {
        var before = await SettleAsync(_ => false, cancellationToken);
        if (before.IsStopped)
            return null;
        if (!before.IsRunning)
            return Untold(before);
        if (await TellToStopAsync(cancellationToken) is { } problem)
            return problem;
        var after = await SettleAsync(state => state.IsRunning, cancellationToken);
        return after.IsStopped ? null : Still("stop", after);
    }

    /// <returns>Null where it is running now.</returns>
    public async Task<Problem?> StartAsync(CancellationToken cancellationToken)
    {
        var before = await SettleAsync(_ => false, cancellationToken);
        if (before.IsRunning)
            return null;
        if (!before.IsStopped)
            return Untold(before);
        if (await TellToStartAsync(cancellationToken) is { } problem)
            return problem;
        var after = await SettleAsync(state => state.IsStopped, cancellationToken);
        if (!after.IsRunning)
            return Still("start", after);
        await Task.Delay(_settled, Programs.Time, cancellationToken);
        after = await StateAsync(cancellationToken);
        return after.IsRunning ? null : new Problem($"The service {Name} ({Keeper}) started and did not keep running: {after.Words}.", LookHint);
    }

    /// <summary>Where a person looks when it won't stop or start.</summary>
    private protected abstract string LookHint { get; }

    /// <returns>What the keeper has against it; the state is asked for afterwards in any case.</returns>
    private protected abstract Task<Problem?> TellToStopAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="TellToStopAsync"/>
    private protected abstract Task<Problem?> TellToStartAsync(CancellationToken cancellationToken);

    // Looks until the service is in a state that lasts, and that isn't the one it is to leave.
    private async Task<ServiceState> SettleAsync(Func<ServiceState, bool> isToLeave, CancellationToken cancellationToken)
    {
        var since = Programs.Time.GetTimestamp();
        while (true)
        {
            var state = await StateAsync(cancellationToken);
            if (!(state.IsSettling || isToLeave(state)) || Programs.Time.GetElapsedTime(since) >= Patience)
                return state;
            await Task.Delay(_betweenLooks, Programs.Time, cancellationToken);
        }
    }

    /// <summary>Says that it can't be told whether the service runs, and what to do about it.</summary>
    internal Problem Untold(ServiceState state) =>
        new($"Whether the service {Name} ({Keeper}) runs can't be told: {state.Words}.", state.Hint ?? $"It has been on its way for {Programs.Waited}. {LookHint}");

    private Problem Still(string what, ServiceState state) =>
        new($"The service {Name} ({Keeper}) was told to {what}, and after {Programs.Waited} it hasn't: {state.Words}.", state.Hint ?? LookHint);
}
