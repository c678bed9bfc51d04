using Upkeep.Configuration;
using Upkeep.Running;

namespace Upkeep.Rollback.Services;

/// <summary>A service with commands of its own. Its status command ends with 0 while it runs, and with anything up to 125 while it doesn't.</summary>
internal sealed class CommandService(ServiceSettings settings, ServicePrograms programs) : Service(settings.Name, programs)
{
    // Above are programs that aren't there and ends by a signal, which tell nothing about the service.
    private const int LastAnswer = 125;

    public override string Keeper => "command";

    private protected override string LookHint => $"Try by hand: {string.Join(' ', settings.Status)}";

    public override async Task<ServiceState> StateAsync(CancellationToken cancellationToken)
    {
        var (result, problem) = await Programs.AskAsync(settings.Status[0], [.. settings.Status.Skip(1)], cancellationToken);
        if (result is null)
            return ServiceState.Unknown(problem!.What, problem.Hint!);
        var words = $"its status command ended with status {result.ExitCode}{ServicePrograms.Said(result)}";
        return result.ExitCode switch
        {
            0 => ServiceState.Running(words),
            <= LastAnswer => ServiceState.Stopped(words),
            _ => ServiceState.Unknown(words, LookHint),
        };
    }

    private protected override Task<Problem?> TellToStopAsync(CancellationToken cancellationToken) => TellAsync(settings.Stop, cancellationToken);

    private protected override Task<Problem?> TellToStartAsync(CancellationToken cancellationToken) => TellAsync(settings.Start, cancellationToken);

    private Task<Problem?> TellAsync(IReadOnlyList<string> command, CancellationToken cancellationToken) =>
        Programs.DoAsync(command[0], [.. command.Skip(1)], LookHint, cancellationToken);
}
