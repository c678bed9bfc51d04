using Upkeep.Configuration;
using Upkeep.Maintenance;
using Upkeep.Rollback.Services;

namespace Upkeep.Checking;

/// <summary>The services that a full rollback stops and starts: each is asked whether it runs, none is touched.</summary>
internal static class ServiceRequirements
{
    private const string FullRollback = "upkeep rollback --full";

    // A person waits for the answer; whoever swaps databases has more time.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Requirement>> LookAsync(UpkeepConfiguration configuration, Doors doors, CancellationToken cancellationToken)
    {
        var found = new List<Requirement>();
        foreach (var service in configuration.Rollback.Services.Select(settings => Service.Of(settings, doors.Programs, doors.Time, _patience)))
        {
            var state = await service.SettledAsync(cancellationToken);
            found.Add(state.IsRunning || state.IsStopped
                ? Requirement.Met($"service {service.Name}", $"{(state.IsRunning ? "Runs" : "Is stopped: a full rollback leaves it so")} ({state.Words})")
                : Untold(service, state));
        }
        return found;
    }

    private static Requirement Untold(Service service, ServiceState state)
    {
        var problem = service.Untold(state);
        return Requirement.Missing($"service {service.Name}", problem.What, problem.Hint!, FullRollback);
    }
}
