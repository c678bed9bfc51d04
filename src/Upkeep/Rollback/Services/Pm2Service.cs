using System.Globalization;
using System.Text.Json;
using Upkeep.Configuration;
using Upkeep.Running;

namespace Upkeep.Rollback.Services;

/// <summary>A process of pm2, or several of one name (cluster mode). pm2's list belongs to the user who started it.</summary>
internal sealed class Pm2Service(ServiceSettings settings, ServicePrograms programs) : Service(settings.Name, programs)
{
    private readonly string _pm2 = settings.Program ?? "pm2";

    public override string Keeper => "pm2";

    private protected override string LookHint => $"Look: pm2 describe {Name}; pm2 logs {Name} --lines 50";

    public override async Task<ServiceState> StateAsync(CancellationToken cancellationToken) => (await LookAsync(cancellationToken)).State;

    private protected override Task<Problem?> TellToStopAsync(CancellationToken cancellationToken) => TellAsync("stop", cancellationToken);

    private protected override Task<Problem?> TellToStartAsync(CancellationToken cancellationToken) => TellAsync("start", cancellationToken);

    // By id: a name would also mean a namespace of that name, or a file, or (all) everything.
    private async Task<Problem?> TellAsync(string verb, CancellationToken cancellationToken)
    {
        var (ids, state) = await LookAsync(cancellationToken);
        return ids.Count == 0
            ? new Problem($"The service {Name} can't be told to {verb}: {state.Words}.", state.Hint)
            : await Programs.DoAsync(_pm2, [verb, .. ids], LookHint, cancellationToken);
    }

    private async Task<(IReadOnlyList<string> Ids, ServiceState State)> LookAsync(CancellationToken cancellationToken)
    {
        var (result, problem) = await Programs.AskAsync(_pm2, ["jlist"], cancellationToken);
        if (result is null)
            return ([], ServiceState.Unknown(problem!.What, problem.Hint!));
        // Where pm2 has to start itself first, it says so before the list.
        var json = result.Output.Split('\n').LastOrDefault(line => line.StartsWith('['));
        if (result.ExitCode != 0 || json is null)
            return ([], ServiceState.Unknown($"pm2 jlist ended with status {result.ExitCode} and no list{ServicePrograms.Said(result)}", "Try it by hand, as the user who runs upkeep: pm2 list"));
        using var list = JsonDocument.Parse(json);
        var ours = list.RootElement.EnumerateArray().Where(one => one.GetProperty("name").GetString() == Name)
            .Select(one => (Id: one.GetProperty("pm_id").GetInt32().ToString(CultureInfo.InvariantCulture), Status: one.GetProperty("pm2_env").GetProperty("status").GetString() ?? "")).ToList();
        return ([.. ours.Select(one => one.Id)], State([.. ours.Select(one => one.Status)]));
    }

    private ServiceState State(IReadOnlyList<string> statuses)
    {
        var words = $"pm2 says: {string.Join(", ", statuses)}";
        if (statuses.Count == 0)
            return ServiceState.Unknown($"pm2 knows no process {Name}", "Look: pm2 list, as the user whose pm2 runs it (PM2_HOME says which list); and mend the name under rollback: services.");
        if (statuses.All(status => status is "stopped" or "errored"))
            return ServiceState.Stopped(words);
        // One that is still on its way may yet use the database; one that runs does.
        return statuses.Any(status => status is not ("online" or "stopped" or "errored")) ? ServiceState.Settling(words) : ServiceState.Running(words);
    }
}
