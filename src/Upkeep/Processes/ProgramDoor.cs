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

    /// <summary>Whether enclosed programs may run in a process namespace, where the kernel lets us.</summary>
    public bool Namespaces { get; init; } = true;

    // Of an enclosed program's standard error: what it says first, and last.
    private const int KeptError = 256 * 1024;

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
        var kept = call.Enclosed ? new KeptOutput(KeptError, KeptError) : null;
        var enclosure = call.Enclosed ? Enclosure.Of(Namespaces && await _namespaces.Value) : null;
        var (program, arguments) = Courtesy.Of(call.Nice, call.Program, call.Arguments);
        IReadOnlyList<string> words = enclosure?.Around(program, arguments, call.Merged) ?? [program, .. arguments];
        var command = Cli.Wrap("setsid")
            // unshare(1) lets SIGTERM pass by.
            .WithArguments(["--", "setpriv", "--pdeathsig", enclosure is null ? "TERM" : "KILL", "--", .. words])
            .WithEnvironmentVariables(Variables(call, enclosure))
            .WithWorkingDirectory(call.Folder ?? Environment.CurrentDirectory)
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(call.Input is { } write ? PipeSource.Create(write) : PipeSource.Null)
            .WithStandardOutputPipe(call.Output is { } read ? PipeTarget.Create((stream, token) => ReadAllAsync(read, stream, token)) : PipeTarget.ToStringBuilder(output, Encoding.UTF8))
            .WithStandardErrorPipe(kept is not null ? PipeTarget.Create(kept.ReadAsync) : PipeTarget.ToDelegate(line =>
            {
                var clean = redactor.Clean(line);
                error.AppendLine(clean);
                call.ErrorLine?.Invoke(clean);
            }, Encoding.UTF8));
        var started = time.GetTimestamp();
        var exit = await ExecuteAsync(command, program, arguments, enclosure, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return new ProgramResult(exit, redactor.Clean(output.ToString()), kept is null ? error.ToString() : redactor.Clean(kept.ToString()), time.GetElapsedTime(started));
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
            var exit = await ExecuteAsync(command, program, arguments, null, cancellationToken);
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

    private async Task<int> ExecuteAsync(Command command, string program, IReadOnlyList<string> arguments, Enclosure? enclosure, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        if (Log.IsEnabled(LogLevel.Debug))
            Log.Began(program, redactor.Clean(string.Join(' ', arguments)));
        // The kernel takes the end of the thread that started a program for our end: this one stays until the program is gone.
        var exit = await Task.Factory.StartNew(() => Execute(command, enclosure, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Log.IsEnabled(LogLevel.Debug))
            Log.Ended(program, exit, Amount.Duration(time.GetElapsedTime(started)));
        return exit;
    }

    private int Execute(Command command, Enclosure? enclosure, CancellationToken cancellationToken)
    {
        var running = command.ExecuteAsync(CancellationToken.None, CancellationToken.None);
        var group = new ProcessGroup(running.ProcessId);
        using var watch = enclosure?.Watch(running.ProcessId, time);
        using var kill = time.CreateTimer(_ =>
        {
            group.Kill();
            enclosure?.Kill();
        }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var end = cancellationToken.Register(() =>
        {
            group.Terminate();
            enclosure?.Terminate();
            kill.Change(Grace, Timeout.InfiniteTimeSpan);
        });
        var exit = running.Task.GetAwaiter().GetResult().ExitCode;
        enclosure?.Kill();
        return exit;
    }

    private static Dictionary<string, string?> Variables(ProgramCall call, Enclosure? enclosure)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in call.Bare ? Environment.GetEnvironmentVariables().Keys.Cast<string>() : [])
            variables[name] = null;
        foreach (var (name, value) in call.Environment)
            variables[name] = value;
        if (enclosure is not null)
            variables[enclosure.Variable.Key] = enclosure.Variable.Value;
        return variables;
    }

    // Asked once a process: a container or a hardened unit may not allow it.
    private static readonly Lazy<Task<bool>> _namespaces = new(static async () =>
        (await Cli.Wrap("setsid").WithArguments(["--", .. Enclosure.Unshare, "true"]).WithValidation(CommandResultValidation.None).ExecuteAsync()).ExitCode == 0);
}
