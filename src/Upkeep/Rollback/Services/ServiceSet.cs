using Upkeep.Running;

namespace Upkeep.Rollback.Services;

/// <summary>The configured services as one: stopped in order, started in the opposite one.</summary>
/// <param name="services">In the order in which they are stopped.</param>
public sealed class ServiceSet(IReadOnlyList<Service> services)
{
    /// <summary>Which run now; those on their way to one or the other are waited for.</summary>
    /// <returns>The names, and the first service of which it can't be told: what isn't known to be stopped may be at work.</returns>
    public async Task<(IReadOnlyList<string> Running, Problem? Unknown)> RunningAsync(CancellationToken cancellationToken)
    {
        var running = new List<string>();
        Problem? unknown = null;
        foreach (var service in services)
        {
            var state = await service.SettledAsync(cancellationToken);
            if (state.IsRunning)
                running.Add(service.Name);
            else if (!state.IsStopped)
                unknown ??= service.Untold(state);
        }
        return (running, unknown);
    }

    /// <summary>Stops those named. At the first that doesn't stop it ends; whoever asked starts the others again.</summary>
    public async Task<Problem?> StopAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        foreach (var service in services.Where(service => names.Contains(service.Name)))
        {
            if (await service.StopAsync(cancellationToken) is { } problem)
                return problem;
        }
        return null;
    }

    /// <summary>Starts those named, all of them, whatever becomes of the others.</summary>
    /// <returns>Those that didn't start, and why.</returns>
    public async Task<IReadOnlyList<Problem>> StartAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var problems = new List<Problem>();
        foreach (var service in services.Reverse().Where(service => names.Contains(service.Name)))
        {
            if (await service.StartAsync(cancellationToken) is { } problem)
                problems.Add(problem);
        }
        return problems;
    }
}
