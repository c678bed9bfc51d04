using System.Globalization;

namespace Upkeep;

/// <summary>A number with its noun, for messages: <c>1 table</c>, <c>2,000 rows</c>.</summary>
public static class Counted
{
    /// <param name="many">The plural, where it isn't the singular with an s.</param>
    public static string Of(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? one + "s")}");
}
