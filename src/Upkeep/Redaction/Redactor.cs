using System.Text.Encodings.Web;
using System.Text.Json;

namespace Upkeep.Redaction;

/// <summary>
/// Masks known secrets in text. The one redactor of the product: every door (SQL, programs, HTTP, journal, terminal)
/// passes what it writes through the instance that the configuration filled.
/// </summary>
public sealed class Redactor
{
    public const string Mask = "*****";

    // A one-letter "secret" would mask half of every sentence and tell its length; nobody is protected by hiding it.
    private const int ShortestSecret = 3;
    private const int ShortestInData = 6;

    private readonly string[] _secrets;
    private readonly string[] _unmistakable;

    /// <param name="secrets">Values to mask, as they stand in the configuration or the environment.</param>
    public Redactor(IEnumerable<string?> secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        var known = secrets.OfType<string>().Where(secret => secret.Length >= ShortestSecret).ToList();
        _secrets = LongestFirst(known);
        _unmistakable = LongestFirst(known.Where(secret => !CouldBeData(secret)));
    }

    /// <summary>A redactor that knows no secret.</summary>
    public static Redactor None { get; } = new([]);

    public bool KnowsSecrets => _secrets.Length > 0;

    /// <summary>The text with every known secret replaced by <see cref="Mask"/>.</summary>
    public string Clean(string text) => Replace(text, _secrets);

    /// <summary>
    /// The same for values that a program reads back to act on, where a secret that could as well be a name, a number or part of a
    /// digest (<c>password</c>, <c>2026</c>) is left: masking it there would make a resumed run work on another table, or on none.
    /// </summary>
    public string CleanData(string text) => Replace(text, _unmistakable);

    private static string Replace(string text, string[] secrets)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var secret in secrets)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        return text;
    }

    // A short one is found by chance inside a digest, a number inside a date.
    private static bool CouldBeData(string secret) =>
        secret.Length < ShortestInData || secret.All(char.IsAsciiDigit) || secret.All(letter => char.IsAsciiLetterLower(letter) || letter == '_');

    private static string[] LongestFirst(IEnumerable<string> secrets) =>
        [.. secrets.SelectMany(Spellings).Distinct(StringComparer.Ordinal).OrderByDescending(secret => secret.Length)];

    // A secret is met as written, percent-encoded inside a URL, and escaped inside JSON, strictly (journal) or as eyes like it (terminal).
    private static IEnumerable<string> Spellings(string secret) =>
        [secret, Uri.EscapeDataString(secret), JsonEncodedText.Encode(secret).ToString(), JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString()];
}
