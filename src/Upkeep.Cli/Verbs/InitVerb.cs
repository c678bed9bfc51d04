using System.CommandLine;
using NodaTime;
using Upkeep.Configuration;
using Upkeep.Discovery;
using Upkeep.Files;
using Upkeep.Postgres;
using Upkeep.Reports;

namespace Upkeep.Cli.Verbs;

/// <summary><c>upkeep init</c>: looks at a database and writes a first configuration for it.</summary>
internal static class InitVerb
{
    private const string Variable = "DATABASE_URL";

    public static Command Create(VerbHost host)
    {
        var database = new Option<string?>("--database")
        {
            Description = $"The database, as URL or key=value; file:/path reads it from a file, which keeps a password off the command line (default: {Variable}).",
            HelpName = "URL",
        };
        var output = new Option<string>("--output", "-o") { Description = "The file to write.", HelpName = "FILE", DefaultValueFactory = _ => "upkeep.yaml" };
        var force = new Option<bool>("--force") { Description = "Overwrite the file if it is there." };
        var command = new Command("init", "Inspect the database and write a commented upkeep.yaml for it.") { database, output, force };
        host.On(command, (parsed, context, token) =>
            RunAsync(parsed.GetValue(database), Path.GetFullPath(parsed.GetValue(output)!), parsed.GetValue(force), context, token));
        return command;
    }

    private static async Task<ExitStatus> RunAsync(string? url, string file, bool force, VerbContext context, CancellationToken cancellationToken)
    {
        if (Directory.Exists(file))
            throw new CommandException(ExitStatus.Usage, $"{file} is a folder.", $"Name the file: --output {Path.Join(file, "upkeep.yaml")}");
        if (File.Exists(file) && !force)
            throw new CommandException(ExitStatus.Usage, $"{file} is there already; it was not touched.", "Overwrite it with --force, or name another file with --output FILE.");
        var proposal = Proposer.Propose(await InspectAsync(url, context, cancellationToken), TimeZone(context));
        proposal = proposal with { Logs = FoundLogs.Below("/var/log", proposal.Platform) };
        await WriteAsync(file, ConfigurationText.Write(proposal, SchemaUrl()), cancellationToken);
        Tell(context, proposal, file);
        return ExitStatus.Success;
    }

    private static async Task<Inventory> InspectAsync(string? url, VerbContext context, CancellationToken cancellationToken)
    {
        var written = url ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } ? $"${{{Variable}}}" : null)
            ?? throw new CommandException(ExitStatus.Usage, $"Which database? There is no --database, and the environment has no {Variable}.",
                $"export {Variable}=postgres://user@host/database, or add --database; none is ever assumed.");
        var address = DatabaseAddress.Read(written, Environment.GetEnvironmentVariable, Environment.CurrentDirectory);
        context.Output.Redactor = address.Redactor;
        if (address.Settings is null)
            throw new CommandException(ExitStatus.Usage, $"{(url is null ? Variable : "--database")}: {address.Problem}.", address.Hint);
        await using var database = new DatabaseDoor(address.Settings);
        try
        {
            return await Inventory.ReadAsync(database, cancellationToken);
        }
        catch (DatabaseUnreachableException problem)
        {
            throw new CommandException(ExitStatus.Usage, problem.Message, problem.Hint, problem);
        }
    }

    private static async Task WriteAsync(string file, string text, CancellationToken cancellationToken)
    {
        try
        {
            await RunFolder.WriteAsync(Path.GetDirectoryName(file)!, Path.GetFileName(file), "application/yaml", text, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitStatus.Usage, $"{file} can't be written: {problem.Message}", "Name a file in a folder that you may write to: --output FILE", problem);
        }
    }

    private static void Tell(VerbContext context, Proposal proposal, string file)
    {
        var rules = proposal.Retention.Concat(proposal.Sessions).ToList();
        var active = rules.Count(rule => rule.Active);
        if (context.Output.IsJson)
        {
            context.Output.Json(new
            {
                Schema = 1,
                File = file,
                Database = proposal.Inventory.Name,
                Tables = proposal.Inventory.Tables.Count,
                Rules = rules.Select(rule => new { rule.Rule.Table, rule.Rule.Column, Keep = Durations.Write(rule.Rule.Keep), rule.Active, rule.Why }),
            });
            return;
        }
        context.Output.Line($"{file} is written: {Counted.Of(proposal.Inventory.Tables.Count, "table")} found in {proposal.Inventory.Name}, "
            + $"{Counted.Of(active, "rule")} for old rows, {rules.Count - active} proposed in comments.");
        context.Output.Line("Look through it, then:");
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 })
            context.Output.Line($"  export {Variable}=…   (the file holds no password; upkeep reads it from there)");
        var named = Named(file);
        context.Output.Line($"  upkeep check{named}");
        context.Output.Line($"  upkeep plan{named}");
    }

    /// <summary>How the next call finds the file: not at all where it looks anyway, else as a shell reads it.</summary>
    private static string Named(string file) =>
        file == Path.GetFullPath(ConfigurationFile.Here) ? ""
            : file.All(letter => char.IsLetterOrDigit(letter) || "/._-+:@%,".Contains(letter, StringComparison.Ordinal)) ? $" --config {file}"
            : $" --config '{file.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string TimeZone(VerbContext context) =>
        context.Time.LocalTimeZone.Id is var id && DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) is not null ? id : "UTC";

    private static string? SchemaUrl() =>
        Path.Combine(AppContext.BaseDirectory, "upkeep.schema.json") is var schema && File.Exists(schema) ? new Uri(schema).AbsoluteUri : null;
}
