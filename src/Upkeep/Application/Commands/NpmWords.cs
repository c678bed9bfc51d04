namespace Upkeep.Application.Commands;

/// <summary>What npm says of why it failed: it begins with that, and ends with where its own log is.</summary>
internal static class NpmWords
{
    private const string Error = "npm error";
    private const int Lines = 3;

    /// <param name="output">What it printed, masked.</param>
    public static string Why(string output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var said = output.Split('\n').Where(line => line.StartsWith(Error, StringComparison.Ordinal)).Select(line => line[Error.Length..].Trim())
            .Where(line => line.Length > 0 && !line.StartsWith("A complete log", StringComparison.Ordinal) && !line.StartsWith("Run \"npm help", StringComparison.Ordinal)).Take(Lines).ToList();
        return said.Count > 0 ? string.Join(" | ", said) : OutputText.Last(output, Lines);
    }
}
