using CliWrap;
using CliWrap.Buffered;
using Upkeep.Redaction;

namespace Upkeep.Processes;

/// <summary>How a program ended.</summary>
/// <param name="Output">Standard output, with secrets masked.</param>
/// <param name="Error">Standard error, with secrets masked.</param>
public sealed record ProgramResult(int ExitCode, string Output, string Error, TimeSpan Took);

/// <summary>
/// The one door for programs: argument arrays and never a shell, secrets by environment and never on a command line, output masked.
/// Cancelling ends the program (SIGTERM, then SIGKILL).
/// </summary>
public sealed class ProgramDoor(Redactor redactor, TimeProvider time)
{
    // What a program gets to put its affairs in order before it is killed.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs a program to its end. A non-zero exit is a value, not an exception.</summary>
    /// <param name="environment">Variables besides our own; secrets go here.</param>
    /// <param name="onErrorLine">Hears each line of standard error as it comes, masked (progress).</param>
    public async Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment,
        Action<string>? onErrorLine, CancellationToken cancellationToken)
    {
        var error = new System.Text.StringBuilder();
        var command = Cli.Wrap(program)
            .WithArguments(arguments)
            .WithEnvironmentVariables(environment)
            .WithValidation(CommandResultValidation.None)
            .WithStandardErrorPipe(PipeTarget.ToDelegate(line =>
            {
                var clean = redactor.Clean(line);
                error.AppendLine(clean);
                onErrorLine?.Invoke(clean);
            }));
        using var kill = new CancellationTokenSource();
        await using var killLater = cancellationToken.Register(() => kill.CancelAfter(_grace));
        var started = time.GetTimestamp();
        var result = await command.ExecuteBufferedAsync(System.Text.Encoding.UTF8, System.Text.Encoding.UTF8, kill.Token, cancellationToken);
        return new ProgramResult(result.ExitCode, redactor.Clean(result.StandardOutput), error.ToString(), time.GetElapsedTime(started));
    }
}
