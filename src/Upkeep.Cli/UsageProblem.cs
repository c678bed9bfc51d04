using System.CommandLine;
using System.CommandLine.Parsing;
using Upkeep.Configuration;

namespace Upkeep.Cli;

/// <summary>What is wrong with a command line, and the nearest thing that would be right.</summary>
internal static class UsageProblem
{
    public static (string Message, string Hint) Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var help = $"upkeep {Path(command)}--help";
        var message = string.Join(" ", parsed.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal));
        foreach (var token in parsed.UnmatchedTokens)
        {
            if (Nearest.To(token, Known(parsed, token)) is { } nearest)
                return (message, $"Did you mean {nearest}? See: {help}");
        }
        return (message, $"See: {help}");
    }

    /// <summary>A word that looks like an option and was taken for a name, as a mistyped <c>--dry-run</c> would be: nothing may be done on its account.</summary>
    /// <returns>Null where there is none. Behind <c>--</c> every word is a name.</returns>
    public static (string Message, string Hint)? Mistaken(ParseResult parsed)
    {
        var named = parsed.CommandResult.Command.Arguments.SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? []).ToHashSet(ReferenceEqualityComparer.Instance);
        var mistaken = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).FirstOrDefault(token => token.Value is ['-', _, ..] && named.Contains(token));
        if (mistaken is null)
            return null;
        var meant = Nearest.To(mistaken.Value.Split('=')[0], Known(parsed, mistaken.Value)) is { } nearest ? $"Did you mean {nearest}? " : "";
        return ($"There is no option {mistaken.Value}.", $"{meant}Something of that name is written ./{mistaken.Value}, or behind a --. See: upkeep {Path(parsed.CommandResult.Command)}--help");
    }

    /// <summary>The words that lead to the command, as <c>schedule next</c>; none for the program itself.</summary>
    private static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)}{command.Name} " : "";

    private static IEnumerable<string> Known(ParseResult parsed, string token)
    {
        var command = parsed.CommandResult.Command;
        if (!token.StartsWith('-'))
            return command.Subcommands.Select(verb => verb.Name);
        return command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(option => option.Recursive)).Select(option => option.Name);
    }
}
