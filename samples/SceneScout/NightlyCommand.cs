using System.CommandLine;
using System.ComponentModel;
using SceneScout.Nightly;

namespace SceneScout;

/// <summary>The verb that leaves what a nightly backup job would have left.</summary>
internal static class NightlyCommand
{
    // When such jobs run, in UTC.
    private static readonly TimeSpan _hour = TimeSpan.FromHours(3);

    public static Command Create(TimeProvider time)
    {
        var folder = new Option<string>("--folder") { Description = "Where the dumps go.", DefaultValueFactory = _ => "nightly" };
        var nights = new Option<int>("--nights") { Description = "How many nights back.", DefaultValueFactory = _ => 7 };
        var cutShort = new Option<int>("--cut-short") { Description = "Let the dump of this night (1 is the last) end in its middle, as on a full disk.", DefaultValueFactory = _ => 0 };
        var pgDump = new Option<string>("--pg-dump") { Description = "The program.", DefaultValueFactory = _ => "pg_dump" };
        var command = new Command("nightly", "Makes the dumps that a nightly job would have left, without the rows written since each night, and dates them back.") { folder, nights, cutShort, pgDump };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var now = time.GetUtcNow();
            var last = new DateTimeOffset(now.UtcDateTime.Date + _hour, TimeSpan.Zero);
            try
            {
                var files = await new NightlyDumps(Commands.Address(parsed), parsed.GetValue(pgDump)!)
                    .MakeAsync(parsed.GetValue(folder)!, last > now ? last.AddDays(-1) : last, parsed.GetValue(nights), parsed.GetValue(cutShort), cancellationToken);
                Console.WriteLine($"{files.Count} nightly dumps in {parsed.GetValue(folder)}.");
                return 0;
            }
            catch (Win32Exception problem)
            {
                throw new ScoutException($"{parsed.GetValue(pgDump)} can't be started: {problem.Message}. Name the program with --pg-dump.", problem);
            }
        });
        return command;
    }
}
