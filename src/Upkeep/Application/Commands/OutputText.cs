using System.Text.RegularExpressions;
using Upkeep.Redaction;

namespace Upkeep.Application.Commands;

/// <summary>What a command printed, as it may stand in a report: without control sequences, and without what is or looks like a secret.</summary>
internal static partial class OutputText
{
    private const int LongestLine = 2000;

    public static string Clean(string text, Redactor redactor) =>
        string.Join('\n', SecretShapes.WithoutKeys(Controls().Replace(redactor.Clean(text), "")).Split('\n').Select(line => Line(line.TrimEnd('\r'))));

    /// <summary>The last lines that say something.</summary>
    public static string Last(string text, int lines) =>
        string.Join(" | ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(lines));

    private static string Line(string line)
    {
        // The indent is half of what a stack trace says.
        var text = line.TrimStart();
        return line[..(line.Length - text.Length)] + SecretShapes.Clean(text, LongestLine);
    }

    // ECMA-48: CSI and OSC sequences, and single escapes.
    [GeneratedRegex(@"\x1B(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1B]*(?:\x07|\x1B\\)?|[@-Z\\-_])", RegexOptions.CultureInvariant)]
    private static partial Regex Controls();
}
