using System.CommandLine;
using Upkeep.Postgres.Clusters;

namespace Upkeep.Cli.Verbs;

/// <summary><c>upkeep janitor FOLDER</c>, hidden: cleans up after a throw-away cluster whose owner was killed. Started by that owner only.</summary>
internal static class JanitorVerb
{
    public static Command Create(VerbHost host)
    {
        var folder = new Argument<string>("folder") { Description = "The cluster's folder." };
        var command = new Command(Janitor.Verb, "Waits for standard input to end, then takes a throw-away cluster away.") { folder };
        command.Hidden = true;
        host.On(command, async (parsed, context, _) =>
        {
            await Janitor.RunAsync(Console.In, parsed.GetRequiredValue(folder), context.Time);
            return ExitStatus.Success;
        });
        return command;
    }
}
