using System.Text.RegularExpressions;

namespace Upkeep.Application.Build;

/// <summary>The name of an asset without its content hash, by which weeks are compared.</summary>
internal static partial class AssetName
{
    /// <summary>For example <c>assets/index.js</c> of <c>assets/index-BdFYrBCP.js</c>, and <c>main.css</c> of <c>main.3f2a9b1c4d5e.css</c>.</summary>
    public static string Of(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        var name = Path.GetFileName(path);
        var match = Hex().Match(name) is { Success: true } hex && hex.Groups["hash"].Value.Any(char.IsAsciiDigit) ? hex : Short().Match(name);
        return match.Success && IsHash(match.Groups["hash"].Value) ? Path.Combine(folder, match.Groups["name"].Value + match.Groups["ending"].Value) : path;
    }

    // A word has no digits, and capitals only in front of small letters.
    private static bool IsHash(string text) => text.Any(char.IsAsciiDigit) || text.Skip(1).Any(char.IsAsciiLetterUpper);

    // webpack and others: hexadecimal.
    [GeneratedRegex(@"^(?<name>.+)[-.](?<hash>[0-9a-f]{8,64})(?<ending>\.[A-Za-z][\w.]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Hex();

    // Vite, Rollup (base64url) and esbuild (base32): eight characters.
    [GeneratedRegex(@"^(?<name>.+)[-.](?<hash>[A-Za-z0-9_-]{8})(?<ending>\.[A-Za-z][\w.]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Short();
}
