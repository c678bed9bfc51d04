using System.Text.RegularExpressions;

namespace Upkeep.Configuration.Validation;

internal static partial class SecurityUpdateValidator
{
    public static IEnumerable<Objection> Check(SecurityUpdateSettings updates)
    {
        for (var index = 0; index < updates.Origins.Count; index++)
        {
            if (!Origin().IsMatch(updates.Origins[index]))
                yield return new Objection($"origins[{index}]", $"'{updates.Origins[index]}' is no pattern of an archive", "Write key=value pairs with commas between, for example o=Example,l=Example-Hotfix; keys are o, a, n, l, c and site (apt-cache policy shows them).");
        }
        for (var index = 0; index < updates.Except.Count; index++)
        {
            if (!Package().IsMatch(updates.Except[index]))
                yield return new Objection($"except[{index}]", $"'{updates.Except[index]}' is no name of a package", "Write it as dpkg has it, in lower case, for example linux-image-*.");
        }
        if (updates.ListsMaxAge == TimeSpan.Zero)
            yield return new Objection("listsMaxAge", "lists of age 0 are never to be had", "Write for example 2 days.");
    }

    [GeneratedRegex(@"^\s*(o|a|n|l|c|site)=[^,=]+(,\s*(o|a|n|l|c|site)=[^,=]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Origin();

    [GeneratedRegex(@"^[a-z0-9*?][a-z0-9+.*?-]*(:[a-z0-9*?-]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Package();
}
