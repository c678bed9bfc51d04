using System.Globalization;
using System.Text.RegularExpressions;

namespace Upkeep.Configuration;

/// <summary>Sizes as people write them: <c>500 MiB</c>, <c>2 GiB</c>, <c>4096</c>. Units count in powers of 1024.</summary>
public static partial class ByteSizes
{
    public const string Examples = "500 MiB, 2 GiB";

    /// <returns>False for anything but a whole number with or without a unit.</returns>
    public static bool TryRead(string text, out long bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (digits, unit) = Split(text);
        bytes = 0;
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue / unit)
            return false;
        bytes = number * unit;
        return true;
    }

    /// <summary>The number as written, and what it is to be multiplied by.</summary>
    internal static (string Digits, long Unit) Split(string text) => Sized().Match(text) is { Success: true } size
        ? (size.Groups["number"].Value, 1L << (10 * "BKMGT".IndexOf(char.ToUpperInvariant(size.Groups["unit"].ValueSpan[0]), StringComparison.Ordinal)))
        : (text.Trim(), 1L);

    [GeneratedRegex(@"^(?<number>-?[0-9]+)\s*(?<unit>B|[KMGT](i?B)?)$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sized();
}
