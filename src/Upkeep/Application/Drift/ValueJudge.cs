using System.Globalization;
using System.Text.RegularExpressions;
using Upkeep.Configuration;

namespace Upkeep.Application.Drift;

/// <summary>Looks at a value and says what is wrong with it; the value goes no further.</summary>
internal sealed partial class ValueJudge(DriftSettings settings)
{
    private static readonly string[] _booleans = ["true", "false", "1", "0", "yes", "no", "on", "off"];

    public ValueFault Of(string name, string value) => value.Trim() switch
    {
        "" => ValueFault.Empty,
        var text when Placeholder().IsMatch(text) => ValueFault.Placeholder,
        var text => Kind(name) switch
        {
            DriftKind.Url when !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.IsFile || !text.Contains("://", StringComparison.Ordinal) => ValueFault.NoUrl,
            DriftKind.Number when !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number) => ValueFault.NoNumber,
            DriftKind.Boolean when !_booleans.Contains(text, StringComparer.OrdinalIgnoreCase) => ValueFault.NoBoolean,
            _ => ValueFault.None,
        },
    };

    private DriftKind Kind(string name) => settings.Keys.FirstOrDefault(key => key.Name == name)?.Kind ?? DriftKind.Text;

    // What templates hold until somebody fills them in. The whole value only: a password may hold any word.
    [GeneratedRegex(@"^(?:<[^<>]+>|\[[A-Za-z _-]+\]|\{\{.*\}\}|\$\{[^}]*\}|x{3,}|\.{3,}|change[ _-]?(?:me|this|it)|replace[ _-]?(?:me|this|with[\w -]*)|todo|tbd|placeholder|your[ _-][\w -]+|(?:https?://)?(?:www\.)?example\.(?:com|org|net)/?|dummy|insert[ _-][\w -]+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
