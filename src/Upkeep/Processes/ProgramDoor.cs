using System.Text;
using CliWrap;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Upkeep.Redaction;

namespace Upkeep.Processes;

/// <summary>
/// The one door for programs: argument arrays and never a shell, secrets by environment and never on a command line, output masked.
/// A program runs in a session of its own, so that a Ctrl-C in our terminal is ours to answer and doesn't reach it; cancelling ends it with
/// all that it started (SIGTERM, then SIGKILL); and when we are killed, the kernel sends it SIGTERM.
/// </summary>
public sealed class ProgramDoor(Redactor redactor, TimeProvider time)
{
    /// <summary>What a program gets to put its affairs in order before it is killed.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>Runs a program to its end. A non-zero exit is a value, not an exception; 127 is one that isn't there.</summary>
    /// <param name="environment">Variables besides our own; secrets go here.</param>
    /// <param name="onErrorLine">Hears each line of standard error as it comes, masked (progress).</param>
    public Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment,
        Action<string>? onErrorLine, CancellationToken cancellationToken) =>
        RunAsync(new ProgramCall(program, arguments, environment) { ErrorLine = onErrorLine }, cancellationToken);

    /// <inheritdoc cref="RunAsync(string, IReadOnlyList{string}, IReadOnlyDictionary{string, string?}, Action{string}?, CancellationToken)"/>
    public async Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        cancellationToken.ThrowIfCancellationRequested();
        var output = new StringBuilder();
        var error = new StringBuilder();
        var (program, arguments) = Courtesy.Of(call.Nice, call.Program, call.Arguments);
        var command = Cli.Wrap("setsid")
            .WithArguments(["--", "setpriv", "--pdeathsig", "TERM", "--", program, .. arguments])
            .WithEnvironmentVariables(call.Environment)
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(call.Input is { } write ? PipeSource.Create(write) : PipeSource.Null)
            .WithStandardOutputPipe(call.Output is { } read ? PipeTarget.Create((stream, token) => ReadAllAsync(read, stream, token)) : PipeTarget.ToStringBuilder(output, Encoding.UTF8))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(line =>
            {
                var clean = redactor.Clean(line);
                error.AppendLine(clean);
                call.ErrorLine?.Invoke(clean);
            }, Encoding.UTF8));
        var started = time.GetTimestamp();
        var exit = await ExecuteAsync(command, program, arguments, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return new ProgramResult(exit, redactor.Clean(output.ToString()), error.ToString(), time.GetElapsedTime(started));
    }

    /// <summary>
    /// Runs a program that leaves others running when it ends, as one that starts a service does. What it leaves may hold on to its output, so
    /// that goes nowhere, save standard error: to a file that is read when the program has ended.
    /// </summary>
    /// <returns>As when it is run, with an empty output. What it left running isn't ours: only cancelling ends that too.</returns>
    public async Task<ProgramResult> LaunchAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        cancellationToken.ThrowIfCancellationRequested();
        var folder = Directory.CreateTempSubdirectory("upkeep-launch-").FullName;
        var said = Path.Combine(folder, "error");
        try
        {
            var unstarted = new StringBuilder();
            // The shell only opens the files; program and arguments are its parameters, and it reads none of them as a script.
            var command = Cli.Wrap("setsid")
                .WithArguments(["--", "sh", "-c", """exec "$@" </dev/null >/dev/null 2>"$0" """, said, "setpriv", "--pdeathsig", "TERM", "--", program, .. arguments])
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(unstarted, Encoding.UTF8))
                .WithValidation(CommandResultValidation.None);
            var started = time.GetTimestamp();
            var exit = await ExecuteAsync(command, program, arguments, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            var error = unstarted + (File.Exists(said) ? await File.ReadAllTextAsync(said, cancellationToken) : "");
            return new ProgramResult(exit, "", redactor.Clean(error), time.GetElapsedTime(started));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A program whose output nobody reads any more would wait for ever.
    private static async Task ReadAllAsync(Func<Stream, CancellationToken, Task> read, Stream stream, CancellationToken cancellationToken)
    {
        await read(stream, cancellationToken);
        await stream.CopyToAsync(Stream.Null, cancellationToken);
    }

    private async Task<int> ExecuteAsync(Command command, string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        if (Log.IsEnabled(LogLevel.Debug))
            Log.Began(program, redactor.Clean(string.Join(' ', arguments)));
        // The kernel takes the end of the thread that started a program for our end: this one stays until the program is gone.
        var exit = await Task.Factory.StartNew(() => Execute(command, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Log.IsEnabled(LogLevel.Debug))
            Log.Ended(program, exit, Amount.Duration(time.GetElapsedTime(started)));
        return exit;
    }

    private int Execute(Command command, CancellationToken cancellationToken)
    {
        var running = command.ExecuteAsync(CancellationToken.None, CancellationToken.None);
        var group = new ProcessGroup(running.ProcessId);
        using var kill = time.CreateTimer(_ => group.Kill(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var end = cancellationToken.Register(() =>
        {
            group.Terminate();
            kill.Change(Grace, Timeout.InfiniteTimeSpan);
        });
        return running.Task.GetAwaiter().GetResult().ExitCode;
    }
}
