using System.Text.RegularExpressions;
using Upkeep.Application.Copies;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Application.Commands;

/// <summary>
/// Runs a project's own command: in the clean copy, with an environment of its own, without standard input, with all that it starts ended when it ends, and
/// stopped when it is too long, waits for changes, or is about to fill the disk.
/// </summary>
internal sealed partial class CommandRunner(ProgramDoor programs, ApplicationSettings settings, string work, Redactor redactor, TimeProvider time)
{
    private const int LargestAnswer = 32 << 20;
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(250);

    /// <summary>How long one that says it waits for changes must be silent to be believed.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(15);

    /// <param name="stop">Ends it as a cancellation does.</param>
    /// <exception cref="OperationCanceledException">The run was stopped or cancelled.</exception>
    public async Task<CommandOutcome> RunAsync(CommandSettings command, Workspace workspace, StopSignal stop, CancellationToken cancellationToken)
    {
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(asked.Token);
        var kept = new KeptOutput((int)settings.KeepOutput, (int)settings.KeepOutput);
        var started = time.GetTimestamp();
        var watcher = WatchAsync(kept, command.Deadline, workspace.Root, end);
        int exit;
        try
        {
            exit = (await programs.RunAsync(new ProgramCall(command.Run[0], [.. command.Run.Skip(1)], CommandEnvironment.Of(settings, work, workspace.Temporary))
            {
                Enclosed = true, Merged = true, Bare = true, Output = kept.ReadAsync, Folder = Path.GetFullPath(command.Folder, workspace.Source),
            }, end.Token)).ExitCode;
        }
        catch (OperationCanceledException) when (!asked.IsCancellationRequested)
        {
            // Why, the watcher knows.
            exit = -1;
        }
        await end.CancelAsync();
        var ending = await watcher;
        return new CommandOutcome(exit == -1 ? ending : CommandEnding.Ended, exit, OutputText.Clean(kept.ToString(), redactor), kept.Total, time.GetElapsedTime(started));
    }

    /// <summary>Asks a tool for data: standard output is its answer, standard error what it says besides.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped or cancelled.</exception>
    public async Task<ToolAnswer> AskAsync(CommandSettings command, Workspace workspace, StopSignal stop, CancellationToken cancellationToken)
    {
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(asked.Token);
        var kept = new KeptOutput(LargestAnswer, 1);
        var watcher = WatchAsync(kept, command.Deadline, workspace.Root, end);
        ProgramResult? result = null;
        try
        {
            result = await programs.RunAsync(new ProgramCall(command.Run[0], [.. command.Run.Skip(1)], CommandEnvironment.Of(settings, work, workspace.Temporary))
            {
                Enclosed = true, Bare = true, Output = kept.ReadAsync, Folder = Path.GetFullPath(command.Folder, workspace.Source),
            }, end.Token);
        }
        catch (OperationCanceledException) when (!asked.IsCancellationRequested)
        {
            // Why, the watcher knows.
        }
        await end.CancelAsync();
        var ending = await watcher;
        var (output, left, _) = kept.Read();
        return new ToolAnswer(result is null ? ending : CommandEnding.Ended, result?.ExitCode ?? -1, redactor.Clean(output), left == 0, OutputText.Last(OutputText.Clean(result?.Error ?? "", redactor), 3));
    }

    private async Task<CommandEnding> WatchAsync(KeptOutput kept, TimeSpan deadline, string folder, CancellationTokenSource end)
    {
        var (started, changed, total) = (time.GetTimestamp(), time.GetTimestamp(), 0L);
        while (true)
        {
            try
            {
                await Task.Delay(_look, time, end.Token);
            }
            catch (OperationCanceledException)
            {
                return CommandEnding.Ended;
            }
            if (kept.Total != total)
                (changed, total) = (time.GetTimestamp(), kept.Total);
            CommandEnding? why = DiskSpace.Of(folder) is { } space && space.FreeBytes < settings.MinFree ? CommandEnding.DiskFull
                : time.GetElapsedTime(changed) >= Silence && SaysItWaits(kept.Latest(1000)) ? CommandEnding.Watches
                : time.GetElapsedTime(started) < deadline ? null
                : SaysItWaits(kept.Latest(1000)) ? CommandEnding.Watches : CommandEnding.DeadlinePassed;
            if (why is not { } reason)
                continue;
            await end.CancelAsync();
            return reason;
        }
    }

    /// <summary>Whether the last that was printed is what test runners and compilers say when they wait for changes.</summary>
    internal static bool SaysItWaits(string output) => Waiting().IsMatch(output);

    [GeneratedRegex(@"watching for file changes|waiting for file changes|watch usage|press [hqa] to (show help|quit|run)|watching for changes|waiting for changes|press ctrl\+?c to (stop|quit)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Waiting();
}
