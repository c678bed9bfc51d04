using System.Text;
using System.Text.RegularExpressions;

namespace Upkeep.Configuration.Reading;

/// <summary>A value with its references followed.</summary>
/// <param name="Shown">How a problem may show it: as the file has it, never what a variable or a file held.</param>
/// <param name="Referenced">Some of it came from a variable or a file.</param>
/// <param name="FromFile">It came from a file as a whole.</param>
internal sealed record Resolved(string Text, string Shown, bool Referenced, bool FromFile);

/// <summary>Follows <c>${NAME}</c>, <c>${NAME:-default}</c> and <c>file:/path</c>. <c>$${</c> is a literal <c>${</c>.</summary>
/// <param name="environment">Reads a variable; empty counts as missing, as in a shell's <c>:-</c>.</param>
/// <param name="folder">Where relative paths count from.</param>
internal sealed partial class References(Func<string, string?> environment, string folder)
{
    private const int LargestSecretFile = 64 * 1024;
    private const int LongestShown = 80;

    public const string Prefix = "file:";

    public bool Knows(string variable) => environment(variable) is { Length: > 0 };

    /// <exception cref="ValueProblemException">A variable or file is missing, or a reference is misspelt.</exception>
    public Resolved Resolve(string written)
    {
        var text = Reference().Replace(written, match => match.Groups["literal"].Success ? "${" : Variable(match));
        var fromFile = text.StartsWith(Prefix, StringComparison.Ordinal) && !text.StartsWith("file://", StringComparison.Ordinal);
        var shown = written.Length <= LongestShown ? written : written[..LongestShown] + "…";
        return new Resolved(fromFile ? FileText(text[Prefix.Length..]) : text, shown, fromFile || written.Contains("${", StringComparison.Ordinal), fromFile);
    }

    private string Variable(Match match)
    {
        if (!match.Groups["name"].Success)
        {
            throw new ValueProblemException("'${' isn't followed by a variable's name and '}'",
                "Write ${NAME} or ${NAME:-default}; for a literal '${' write '$${'.");
        }
        var name = match.Groups["name"].Value;
        if (environment(name) is { Length: > 0 } value)
            return value;
        return match.Groups["default"].Success
            ? match.Groups["default"].Value
            : throw new ValueProblemException($"the environment variable {name} isn't set",
                $"Set it for the user that upkeep runs as (export {name}=…, or Environment= in the unit), or write ${{{name}:-default}}.");
    }

    private string FileText(string path)
    {
        var full = Path.GetFullPath(path, folder);
        try
        {
            var bytes = BoundedFile.Read(full, LargestSecretFile)
                ?? throw new ValueProblemException($"the file {full} is larger than a value can be ({LargestSecretFile} bytes)", "Name a file that holds only the value.");
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF').TrimEnd('\n', '\r') is { Length: > 0 } text
                ? text
                : throw new ValueProblemException($"the file {full} is empty", "Write the value into it.");
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ValueProblemException($"there is no file {full}", "Make it, or correct the path after 'file:'.");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ValueProblemException($"the file {full} can't be read ({problem.GetType().Name})", "It must be a plain file, readable for the user that upkeep runs as.");
        }
        catch (DecoderFallbackException)
        {
            throw new ValueProblemException($"the file {full} isn't text in UTF-8", "Name a file that holds only the value, as text.");
        }
    }

    [GeneratedRegex(@"(?<literal>\$\$\{)|\$\{((?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>[^}]*))?\})?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();
}

/// <summary>A value that can't be taken. The message completes the sentence "key: …" and holds no secret.</summary>
internal sealed class ValueProblemException(string message, string hint) : Exception(message)
{
    public string Hint { get; } = hint;
}
