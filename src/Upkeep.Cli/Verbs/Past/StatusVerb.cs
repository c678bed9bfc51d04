using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Upkeep.Journal;
using Upkeep.Maintenance;

namespace Upkeep.Cli.Verbs.Past;

/// <summary><c>upkeep status</c>: the current or last run and who holds the lock; with <c>--watch</c> until the run ends.</summary>
internal static class StatusVerb
{
    private static readonly TimeSpan _lookEvery = TimeSpan.FromSeconds(1);

    public static Command Create(VerbHost host)
    {
        var watch = new Option<bool>("--watch") { Description = "Go on telling until the run ends." };
        var command = new Command("status", "The current or last run, and who holds the lock.") { watch };
        host.On(command, async (parsed, context, cancellationToken) =>
        {
            await using var composition = Composition.Load(context);
            var text = new StatusText(context.Output, composition.Platform.Configuration);
            var standing = RunStanding.Read(composition.Platform);
            text.Tell(standing);
            while (parsed.GetValue(watch) && standing.GoesOn)
            {
                await Task.Delay(_lookEvery, context.Time, cancellationToken);
                standing = RunStanding.Read(composition.Platform);
                text.TellNews(standing);
            }
            if (context.Output.IsJson)
                context.Output.Json(Document(standing));
            else
                text.Close(standing);
            return ExitStatus.Success;
        });
        return command;
    }

    // The run's own document, to which the holder of the lock is added.
    private static JsonObject Document(RunStanding standing)
    {
        var document = standing.Run is { } run ? JsonNode.Parse(run.ToJson())!.AsObject() : new JsonObject { ["schema"] = 1, ["run"] = null, ["steps"] = new JsonArray() };
        if (standing.Holder is { } holder)
        {
            document["lock"] = new JsonObject
            {
                ["holder"] = holder.Run,
                ["host"] = holder.Process.Host,
                ["processId"] = holder.Process.ProcessId,
                ["since"] = JsonSerializer.SerializeToNode(holder.Since.UtcDateTime, JournalJson.Options),
            };
        }
        return document;
    }
}
