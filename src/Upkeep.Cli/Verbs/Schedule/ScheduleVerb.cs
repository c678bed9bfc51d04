using System.CommandLine;
using Upkeep.Planning;

namespace Upkeep.Cli.Verbs.Schedule;

/// <summary><c>upkeep schedule next</c>: the coming windows, in local time and UTC, and what the clock does to them.</summary>
internal static class ScheduleVerb
{
    private const int MostWindows = 1000;

    public static Command Create(VerbHost host)
    {
        var count = new Option<int>("--count") { Description = "How many windows.", DefaultValueFactory = _ => 10, Recursive = true };
        count.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var value) || value is < 1 or > MostWindows))
                result.AddError($"--count {result.Tokens[0].Value}: write a number from 1 to {MostWindows}.");
        });
        var next = new Command("next", "The coming windows with their local and UTC times.");
        var schedule = new Command("schedule", "When maintenance happens.") { count, next };
        host.On(schedule, (parsed, context, _) => Next(context, parsed.GetValue(count)));
        host.On(next, (parsed, context, _) => Next(context, parsed.GetValue(count)));
        return schedule;
    }

    private static Task<ExitStatus> Next(VerbContext context, int count)
    {
        var (_, configuration) = PlatformConfiguration.Load(context);
        var now = context.Time.GetUtcNow();
        var windows = WindowCalendar.Create(configuration.Window).Next(now, count);
        if (context.Output.IsJson)
            context.Output.Json(ScheduleDocument.Of(configuration, now, windows));
        else
            ScheduleText.Write(context.Output, configuration, now, windows);
        return Task.FromResult(ExitStatus.Success);
    }
}
