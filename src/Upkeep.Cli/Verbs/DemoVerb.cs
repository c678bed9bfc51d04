using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Upkeep.Cli.Demo;
using Upkeep.Maintenance;
using Upkeep.Postgres.Clusters;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Cli.Verbs;

/// <summary><c>upkeep demo</c>: a throw-away platform, one whole maintenance run on it, and the report's path.</summary>
internal static class DemoVerb
{
    public static Command Create(VerbHost host)
    {
        var scale = new Option<double>("--scale") { Description = "How much data: 1 is 20,000 events and 100,000 api_logs.", DefaultValueFactory = _ => 1, CustomParser = Scale, HelpName = "N" };
        var seed = new Option<int>("--seed") { Description = "Where the data's chance comes from: the same number gives the same data.", DefaultValueFactory = _ => 1, CustomParser = Seed, HelpName = "N" };
        var folder = new Option<string>("--folder") { Description = "Everything of the demo is below; its reports stay there.", DefaultValueFactory = _ => ".upkeep-demo", HelpName = "FOLDER" };
        var keep = new Option<bool>("--keep") { Description = "Leave cluster and site running, to look around." };
        var stop = new Option<bool>("--stop") { Description = "End what --keep left, and nothing else." };
        var command = new Command("demo", "One whole maintenance run on a throw-away PostgreSQL with a working SceneScout.") { scale, seed, folder, keep, stop };
        host.On(command, async (parsed, context, cancellationToken) =>
        {
            var settings = new DemoSettings(Path.GetFullPath(parsed.GetRequiredValue(folder)), parsed.GetValue(scale), parsed.GetValue(seed), parsed.GetValue(keep));
            try
            {
                return parsed.GetValue(stop) ? await StopAsync(settings, context, cancellationToken) : await RunAsync(settings, context, cancellationToken);
            }
            catch (ClusterException problem)
            {
                throw new CommandException(ExitStatus.Usage, problem.Message, problem.Hint, problem);
            }
        });
        return command;
    }

    private static async Task<ExitStatus> RunAsync(DemoSettings settings, VerbContext context, CancellationToken cancellationToken)
    {
        var programs = new ProgramDoor(Redactor.None, context.Time);
        var started = context.Time.GetTimestamp();
        DemoFolder.Claim(settings);
        await DemoTraces.ClearAsync(settings, programs, cancellationToken);
        await using var platform = await DemoPlatform.StartAsync(settings, programs, context.Output, cancellationToken);
        DemoConfiguration.Write(settings, platform.DatabaseUrl, platform.Site!);
        context.Output.Progress(Took("The platform stands", context.Time.GetElapsedTime(started)));

        started = context.Time.GetTimestamp();
        var status = await MaintainAsync(settings, context, cancellationToken);
        context.Output.Progress(Took("The run is over", context.Time.GetElapsedTime(started)));
        if (settings.Keep)
            await platform.KeepAsync();
        Tell(settings, platform, status, context);
        return status;
    }

    // The very path of `upkeep run --ignore-window`.
    private static async Task<ExitStatus> MaintainAsync(DemoSettings settings, VerbContext context, CancellationToken cancellationToken)
    {
        context.Interrupts.StopGently("The demo's cluster goes with it.");
        await using var composition = Composition.Load(context with { ConfigPath = settings.ConfigurationFile });
        return await RunVerb.RunAsync(composition.Platform, new RunRequest { IgnoreWindow = true }, context, cancellationToken);
    }

    private static async Task<ExitStatus> StopAsync(DemoSettings settings, VerbContext context, CancellationToken cancellationToken)
    {
        var there = await DemoTraces.ClearAsync(settings, new ProgramDoor(Redactor.None, context.Time), cancellationToken);
        context.Output.Line(there ? "The demo's cluster and site are gone; its reports stay." : $"No demo is left running below {settings.Folder}.");
        return ExitStatus.Success;
    }

    private static void Tell(DemoSettings settings, DemoPlatform platform, ExitStatus status, VerbContext context)
    {
        if (status == ExitStatus.Attention)
            context.Output.Line("The demo worked. Exit status 3 says that the run found what needs a person: its data makes sure of that.");
        context.Output.Line($"All its reports, backups and archives are below {settings.Root}.");
        if (!settings.Keep)
            return;
        context.Output.Line($"The cluster and the site go on: {platform.Site}");
        context.Output.Line($"  psql '{platform.DatabaseUrl}'");
        context.Output.Line($"  upkeep plan --config '{settings.ConfigurationFile}'");
        context.Output.Line($"End them with: upkeep demo --stop --folder '{settings.Folder}'");
    }

    private static string Took(string what, TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{what} ({time.TotalSeconds:F1} s)");

    private static int Seed(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed))
            return seed;
        result.AddError($"--seed {text} is not a whole number; write for example 1.");
        return default;
    }

    private static double Scale(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var scale) && scale is >= 0.001 and <= 1_000)
            return scale;
        result.AddError($"--scale {text} is not a number from 0.001 to 1000; write for example 1 or 0.25.");
        return default;
    }
}
