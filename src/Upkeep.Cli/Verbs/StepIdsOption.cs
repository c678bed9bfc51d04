using System.CommandLine;
using Upkeep.Configuration;
using Upkeep.Maintenance;
using Upkeep.Planning;

namespace Upkeep.Cli.Verbs;

/// <summary>Options that take ids of steps or procedures, separated by commas or given several times.</summary>
internal static class StepIdsOption
{
    public static Option<string[]> Create(string name, string description)
    {
        var option = new Option<string[]>(name) { Description = description, HelpName = "ID,…", AllowMultipleArgumentsPerToken = false, Arity = ArgumentArity.OneOrMore };
        option.CompletionSources.Add(_ => Known().Select(id => new System.CommandLine.Completions.CompletionItem(id)));
        return option;
    }

    /// <summary>What both options together leave.</summary>
    /// <exception cref="CommandException">An id is unknown, or everything that is asked for is skipped (exit status 2).</exception>
    public static StepSelection Selection(ParseResult parsed, Option<string[]> only, Option<string[]> skip)
    {
        var selection = new StepSelection(Read(parsed, only), Read(parsed, skip));
        return selection.IsEmpty(StepIds.All)
            ? throw new CommandException(ExitStatus.Usage, $"{skip.Name} {string.Join(',', selection.Skip)} leaves nothing of {only.Name} {string.Join(',', selection.Only)}.", $"Take {skip.Name} away, or name other steps.")
            : selection;
    }

    /// <summary>The ids, checked against those there are.</summary>
    /// <exception cref="CommandException">One is unknown (exit status 2).</exception>
    private static List<string> Read(ParseResult parsed, Option<string[]> option)
    {
        List<string> ids = [.. (parsed.GetValue(option) ?? []).SelectMany(ids => ids.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        foreach (var id in ids.Where(id => !Known().Contains(id)))
        {
            throw new CommandException(ExitStatus.Usage, $"{option.Name}: there is no step or procedure {id}.",
                Nearest.To(id, Known()) is { } nearest ? $"Did you mean {nearest}?" : $"There are: {string.Join(", ", Known())}");
        }
        return ids;
    }

    private static IEnumerable<string> Known() => StepIds.All.Select(StepDefinition.ProcedureOf).Distinct(StringComparer.Ordinal).Concat(StepIds.All);
}
