using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>Which archives are for security: those that say so, and those that the configuration names besides (<c>o=Example,l=Hotfix*</c>).</summary>
internal sealed partial class OriginPattern(IReadOnlyList<string> patterns)
{
    public bool IsSecurity(ArchiveRelease archive) => archive.SaysSecurity || patterns.Any(pattern => Fits(pattern, archive));

    private static bool Fits(string pattern, ArchiveRelease archive) => Pair().Matches(pattern) is { Count: > 0 } pairs
        && pairs.All(pair => FileSystemName.MatchesSimpleExpression(pair.Groups[2].Value.Trim(), archive.Names.GetValueOrDefault(pair.Groups[1].Value, ""), ignoreCase: false));

    [GeneratedRegex(@"(o|a|n|l|c|site)=([^,=]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Pair();
}
