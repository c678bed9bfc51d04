using Upkeep.Configuration;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Rollback.Services;

/// <summary>Runs the programs that ask for a service's state, stop it and start it, each for a bounded time.</summary>
public sealed record ServicePrograms(ProgramDoor Door, TimeProvider Time, TimeSpan Patience)
{
    // What setpriv and shells end with for a program that can't be executed or isn't there.
    private const int CannotBeExecuted = 126;
    private const int NotThere = 127;

    private static readonly Dictionary<string, string?> _nothingMore = [];

    internal string Waited => Durations.Write(Patience);

    /// <summary>Runs a program for its answer.</summary>
    /// <returns>Its result, or what kept it from answering.</returns>
    internal Task<(ProgramResult? Result, Problem? Problem)> AskAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        BoundedAsync(program, token => Door.RunAsync(program, arguments, _nothingMore, null, token), cancellationToken);

    /// <summary>Runs a program for what it does; it may leave others running.</summary>
    /// <param name="hint">For a program that ended with anything but 0.</param>
    internal async Task<Problem?> DoAsync(string program, IReadOnlyList<string> arguments, string hint, CancellationToken cancellationToken)
    {
        var (result, problem) = await BoundedAsync(program, token => Door.LaunchAsync(program, arguments, token), cancellationToken);
        return result is { ExitCode: not 0 }
            ? new Problem($"{string.Join(' ', [program, .. arguments])} ended with status {result.ExitCode}{Said(result)}", hint)
            : problem;
    }

    /// <summary>The end of what a program said, behind a colon; empty where it said nothing.</summary>
    internal static string Said(ProgramResult result)
    {
        var lines = (string.IsNullOrWhiteSpace(result.Error) ? result.Output : result.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "" : $": {string.Join(" ", lines.TakeLast(3))}";
    }

    private async Task<(ProgramResult? Result, Problem? Problem)> BoundedAsync(string program, Func<CancellationToken, Task<ProgramResult>> run, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(Patience, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            var result = await run(either.Token);
            return result.ExitCode is NotThere or CannotBeExecuted
                ? (null, new Problem($"{program} can't be run here{Said(result)}", "Install it, or write its whole path in the configuration under rollback: services."))
                : (result, null);
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, new Problem($"{program} had not ended after {Waited}, and was ended with all that it had started",
                "Run it by hand to see what it waits for. What starts a service must end itself and leave the service running."));
        }
    }
}
