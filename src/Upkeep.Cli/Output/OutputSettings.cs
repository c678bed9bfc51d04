namespace Upkeep.Cli.Output;

/// <summary>How the answer on stdout is written.</summary>
internal enum OutputFormat
{
    Text,

    /// <summary>Exactly one JSON document.</summary>
    Json,
}

/// <summary>How the program talks in this call.</summary>
/// <param name="Color">Whether colour may be used on stdout and stderr.</param>
/// <param name="Live">Whether stderr is a terminal that may be redrawn.</param>
internal sealed record OutputSettings(OutputFormat Format, bool Color, bool Live, bool Verbose, bool Quiet)
{
    public static OutputSettings From(OutputFormat format, bool noColor, bool verbose, bool quiet, bool isTerminal)
    {
        // https://no-color.org: any non-empty value counts. TERM=dumb can't be redrawn.
        var plain = noColor || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) || Environment.GetEnvironmentVariable("TERM") == "dumb";
        return new OutputSettings(format, !plain && isTerminal, !plain && isTerminal && !quiet, verbose, quiet);
    }
}
