using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.Json;
using Upkeep.Cli.Output;

namespace Upkeep.Cli;

/// <summary>The options that every verb has; they may stand before or after it.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Config { get; } = new("--config")
    {
        Description = "The configuration (default: ./upkeep.yaml, then /etc/upkeep/upkeep.yaml).",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<OutputFormat> Format { get; } = new("--format")
    {
        Description = "How the answer on stdout is written.",
        HelpName = "text|json",
        Recursive = true,
    };

    public Option<bool> NoColor { get; } = new("--no-color") { Description = "Plain lines without colour or movement (also: NO_COLOR).", Recursive = true };

    public Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "More detail on stderr.", Recursive = true };

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "No progress on stderr; errors are still told.", Recursive = true };

    private Option<bool> Version { get; } = new("--version") { Description = "Which build this is.", Recursive = true };

    public void AddTo(Command root)
    {
        // The parser's own words name the type instead of the values.
        Format.CustomParser = result =>
        {
            if (Enum.GetNames<OutputFormat>().Any(name => name.Equals(result.Tokens[0].Value, StringComparison.OrdinalIgnoreCase)))
                return Enum.Parse<OutputFormat>(result.Tokens[0].Value, ignoreCase: true);
            result.AddError($"--format {result.Tokens[0].Value}: write text or json.");
            return OutputFormat.Text;
        };
        Version.Action = new TellVersion(Format);
        root.Options.Add(Config);
        root.Options.Add(Format);
        root.Options.Add(NoColor);
        root.Options.Add(Verbose);
        root.Options.Add(Quiet);
        root.Options.Add(Version);
        root.Options.Add(new HelpOption { Recursive = true });
    }

    private sealed class TellVersion(Option<OutputFormat> format) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(parseResult.GetValue(format) == OutputFormat.Json
                ? $$"""{"schema": 1, "version": {{JsonSerializer.Serialize(ProgramVersion.Text)}}}"""
                : ProgramVersion.Text);
            return (int)ExitStatus.Success;
        }
    }
}
