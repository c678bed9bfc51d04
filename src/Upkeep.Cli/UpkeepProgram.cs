using System.CommandLine;
using Upkeep.Cli.Output;
using Upkeep.Cli.Verbs;

namespace Upkeep.Cli;

/// <summary>The program without its process: parses, dispatches to a verb, and maps every end to an exit status.</summary>
/// <param name="answer">Where the answer goes: stdout.</param>
/// <param name="log">Where progress, log and errors go: stderr.</param>
internal sealed class UpkeepProgram(TextWriter answer, TextWriter log, TimeProvider time)
{
    public async Task<ExitStatus> RunAsync(IReadOnlyList<string> arguments)
    {
        var globals = new GlobalOptions();
        // Not a RootCommand: that one is named after the assembly's file, which can't be called upkeep.
        var root = new Command("upkeep", "Weekly maintenance of a PostgreSQL-backed platform: planned, gentle, proven, and able to be undone.");
        globals.AddTo(root);
        var host = new VerbHost(globals, answer, log, time);
        foreach (var verb in VerbList.Create(host))
            root.Subcommands.Add(verb);
        host.On(root, (_, _, _) => throw new CommandException(ExitStatus.Usage, "What to do is missing.", "See: upkeep --help"));

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not { ClearsParseErrors: true })
        {
            var (message, hint) = UsageProblem.Of(parsed);
            host.Output(parsed).Problem(ExitStatus.Usage, message, hint);
            return ExitStatus.Usage;
        }
        if (parsed.Action is not { ClearsParseErrors: true } && UsageProblem.Mistaken(parsed) is { } mistaken)
        {
            host.Output(parsed).Problem(ExitStatus.Usage, mistaken.Message, mistaken.Hint);
            return ExitStatus.Usage;
        }
        // Signals and exceptions are the host's: the library would end the process after a time-out and print a stack.
        var configuration = new InvocationConfiguration { Output = answer, Error = log, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return (ExitStatus)await parsed.InvokeAsync(configuration, CancellationToken.None);
    }
}
