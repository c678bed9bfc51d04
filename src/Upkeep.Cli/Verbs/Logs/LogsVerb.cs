using System.CommandLine;

namespace Upkeep.Cli.Verbs.Logs;

/// <summary><c>upkeep logs</c>: log work on its own, on any files.</summary>
internal static class LogsVerb
{
    public static Command Create(VerbHost host)
    {
        var command = new Command("logs", "Log work on its own, on any files.") { RotateVerb.Create(host), LogPruneVerb.Create(host), PatternsVerb.Create(host) };
        host.On(command, (_, _, _) => throw new CommandException(ExitStatus.Usage, "What to do with logs is missing.", "See: upkeep logs --help"));
        return command;
    }
}
