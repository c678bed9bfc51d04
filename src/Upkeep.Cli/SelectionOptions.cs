using System.CommandLine;
using Upkeep.Planning;

namespace Upkeep.Cli;

/// <summary><c>--only</c> and <c>--skip</c>, for the verbs that plan.</summary>
internal sealed class SelectionOptions
{
    private readonly Option<string[]> _only = Ids("--only", "Nothing but these steps or procedures, and what they need, for example database,preparation.health.");
    private readonly Option<string[]> _skip = Ids("--skip", "Not these steps or procedures; wins over --only.");

    public void AddTo(Command command)
    {
        command.Options.Add(_only);
        command.Options.Add(_skip);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">An id names neither a step nor a procedure (exit status 2).</exception>
    public StepSelection Read(ParseResult parsed, IReadOnlyList<StepDefinition> steps)
    {
        var selection = new StepSelection(Split(parsed.GetValue(_only)), Split(parsed.GetValue(_skip)));
        var unknown = selection.Unknown(steps);
        if (unknown.Count == 0)
            return selection;
        var names = string.Join(", ", unknown.Select(one => $"'{one.Id}'"));
        var near = string.Join(", ", unknown.Select(one => one.Nearest).OfType<string>().Distinct(StringComparer.Ordinal));
        throw new CommandException(ExitStatus.Usage, $"There is no step or procedure {names}.",
            near.Length > 0 ? $"Did you mean {near}?" : $"The procedures are: {string.Join(", ", steps.Select(step => step.Procedure).Distinct(StringComparer.Ordinal))}. upkeep plan lists the steps.");
    }

    private static string[] Split(string[]? values) =>
        [.. (values ?? []).SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static Option<string[]> Ids(string name, string description) =>
        new(name) { Description = description, HelpName = "ID,...", AllowMultipleArgumentsPerToken = false, Arity = ArgumentArity.OneOrMore };
}
