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

    private readonly string[] _secrets;

    /// <param name="secrets">Values to mask, as they stand in the configuration or the environment.</param>
    public Redactor(IEnumerable<string?> secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        _secrets = [.. secrets
            .OfType<string>()
            .Where(secret => secret.Length >= ShortestSecret)
            .SelectMany(Spellings)
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(secret => secret.Length)];
    }

    /// <summary>A redactor that knows no secret.</summary>
    public static Redactor None { get; } = new([]);

    /// <summary>The text with every known secret replaced by <see cref="Mask"/>.</summary>
    public string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var secret in _secrets)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        return text;
    }

    // A secret is met as written, percent-encoded inside a URL, and escaped inside JSON, strictly (journal) or as eyes like it (terminal).
    private static IEnumerable<string> Spellings(string secret) =>
        [secret, Uri.EscapeDataString(secret), JsonEncodedText.Encode(secret).ToString(), JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString()];
}
