using Upkeep.Configuration;
using Upkeep.Running;

namespace Upkeep.Rollback.Services;

/// <summary>A unit of systemd.</summary>
internal sealed class SystemdService(ServiceSettings settings, ServicePrograms programs) : Service(settings.Name, programs)
{
    private readonly string _systemctl = settings.Program ?? "systemctl";

    public override string Keeper => "systemd";

    private protected override string LookHint => $"Look: systemctl status {Name}; journalctl -u {Name} -n 50";

    // "is-active" calls a unit that isn't there inactive, and a typing mistake would pass for a stopped service.
    public override async Task<ServiceState> StateAsync(CancellationToken cancellationToken)
    {
        var (result, problem) = await Programs.AskAsync(_systemctl, ["show", "--property=LoadState", "--property=ActiveState", "--", Name], cancellationToken);
        if (result is null)
            return ServiceState.Unknown(problem!.What, problem.Hint!);
        if (result.ExitCode != 0)
            return ServiceState.Unknown($"systemctl show ended with status {result.ExitCode}{ServicePrograms.Said(result)}", "Is systemd what runs services here? Else write another kind for it under rollback: services.");
        var values = result.Output.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1].Trim());
        var (load, active) = (values.GetValueOrDefault("LoadState", ""), values.GetValueOrDefault("ActiveState", ""));
        var words = $"systemd says: {active}";
        return (load, active) switch
        {
            ("not-found", _) => ServiceState.Unknown($"systemd knows no unit {Name}", "List them: systemctl list-units --type=service --all; and mend the name under rollback: services."),
            (_, "active" or "reloading") => ServiceState.Running(words),
            (_, "inactive" or "failed") => ServiceState.Stopped(words),
            (_, "activating" or "deactivating") => ServiceState.Settling(words),
            _ => ServiceState.Unknown($"systemd says: {active} ({load})", LookHint),
        };
    }

    private protected override Task<Problem?> TellToStopAsync(CancellationToken cancellationToken) => TellAsync("stop", cancellationToken);

    private protected override Task<Problem?> TellToStartAsync(CancellationToken cancellationToken) => TellAsync("start", cancellationToken);

    private Task<Problem?> TellAsync(string verb, CancellationToken cancellationToken) =>
        Programs.DoAsync(_systemctl, ["--no-ask-password", verb, "--", Name], $"{LookHint}. Not root needs a right for it: a polkit rule, or run as root.", cancellationToken);
}
