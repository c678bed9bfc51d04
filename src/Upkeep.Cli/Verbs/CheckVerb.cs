using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Upkeep.Checking;
using Upkeep.Maintenance;

namespace Upkeep.Cli.Verbs;

/// <summary><c>upkeep check</c>: is everything there that a run needs?</summary>
internal static class CheckVerb
{
    public static Command Create(VerbHost host)
    {
        var command = new Command("check", "Validate the configuration, reach every system named in it, and say what is missing and which steps that costs.");
        host.On(command, (_, context, token) => RunAsync(context, token));
        return command;
    }

    private static async Task<ExitStatus> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var (loaded, configuration) = PlatformConfiguration.Load(context);
        await using var doors = Doors.Open(configuration, loaded.Redactor, context.Time, context.Output.Loggers());
        var requirements = await Checker.LookAsync(configuration, doors, cancellationToken);
        var status = Status(requirements);
        if (context.Output.IsJson)
            context.Output.Json(new { Schema = 1, Configuration = loaded.File, ExitStatus = (int)status, Requirements = requirements });
        else
            Tell(context, loaded.File, requirements);
        return status;
    }

    private static ExitStatus Status(IReadOnlyList<Requirement> requirements) =>
        requirements.Any(each => each.IsMistake) ? ExitStatus.Usage
        : requirements.Any(each => each.State == RequirementState.Blocking) ? ExitStatus.Refused
        : requirements.Any(each => each.State == RequirementState.Missing) ? ExitStatus.Attention
        : ExitStatus.Success;

    private static void Tell(VerbContext context, string file, IReadOnlyList<Requirement> requirements)
    {
        context.Output.Line($"Configuration {file} is valid.");
        var table = new Table().Border(TableBorder.Simple).AddColumns("State", "Looked at", "What is");
        foreach (var each in requirements)
            table.AddRow(State(each.State), Markup.Escape(each.Name), Markup.Escape(each.What));
        context.Output.Render(table);
        var lacking = requirements.Where(each => each.State != RequirementState.Met).OrderByDescending(each => each.State).ToList();
        foreach (var each in lacking)
        {
            context.Output.Line($"{each.Name}: {each.What.TrimEnd('.')}.");
            context.Output.Line($"  costs: {string.Join(", ", each.Costs)}");
            context.Output.Line($"  hint: {each.Hint}");
        }
        context.Output.Line(lacking.Count == 0 ? "Everything a run needs is there. Next: upkeep plan"
            : lacking[0].State == RequirementState.Blocking ? "A run would be refused: mend what is marked as blocking."
            : string.Create(CultureInfo.InvariantCulture, $"A run is possible; {lacking.Count} of {requirements.Count} things are missing."));
    }

    private static string State(RequirementState state) => state switch
    {
        RequirementState.Met => "[green]ok[/]",
        RequirementState.Missing => "[yellow]missing[/]",
        _ => "[red]blocking[/]",
    };
}
