using Upkeep.Running;

namespace Upkeep.Rollback.Services;

/// <summary>The configured services as one: stopped in order, started in the opposite one.</summary>
/// <param name="services">In the order in which they are stopped.</param>
public sealed class ServiceSet(IReadOnlyList<Service> services)
{
    /// <summary>Which run now.</summary>
    public async Task<IReadOnlyList<string>> RunningAsync(CancellationToken cancellationToken)
    {
        var running = new List<string>();
        foreach (var service in services)
        {
            if ((await service.StateAsync(cancellationToken)).IsRunning)
                running.Add(service.Name);
        }
        return running;
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
