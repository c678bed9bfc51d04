using System.Text.RegularExpressions;

namespace Upkeep.Redaction;

/// <summary>Masks what looks like a secret in text that is not ours (logs, alerts), where <see cref="Redactor"/> can't know the values.</summary>
public static partial class SecretShapes
{
    // Longer texts are cut before masking, so that the cost is bounded.
    private const int MaxLength = 4000;

    /// <summary>The text with secrets masked, control characters replaced by spaces, cut at <paramref name="length"/> characters.</summary>
    public static string Clean(string text, int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        var clean = text.Length > MaxLength ? text[..MaxLength] : text;
        clean = Controls().Replace(clean, " ");
        clean = WithoutKeys(clean);
        clean = OnCommandLines().Replace(clean, $"$1{Redactor.Mask}");
        clean = Signed().Replace(clean, $"$1{Redactor.Mask}");
        clean = Schemes().Replace(clean, $"$1 {Redactor.Mask}");
        clean = Named().Replace(clean, $"$1{Redactor.Mask}");
        clean = UserInfo().Replace(clean, $"$1{Redactor.Mask}@");
        clean = Shaped().Replace(clean, Redactor.Mask).Trim();
        return clean.Length <= length ? clean : clean[..(char.IsHighSurrogate(clean[length - 1]) ? length - 1 : length)] + "…";
    }

    /// <summary>The text with private keys masked, which go over several lines: to be called before a text is taken apart into its lines.</summary>
    public static string WithoutKeys(string text) => KeyBlock().Replace(text, Redactor.Mask);

    // Format characters too: a right-to-left override turns a sentence around.
    [GeneratedRegex(@"[\p{Cc}\p{Cf}\u2028\u2029]+", RegexOptions.CultureInvariant)]
    private static partial Regex Controls();

    // To its end, or to the end of what is there of it.
    [GeneratedRegex(@"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex KeyBlock();

    // mysql -psecret, curl -u user:secret.
    [GeneratedRegex(@"(\bmysql[a-z]{0,12}\b.{0,200}?\s-p|\bcurl\b.{0,200}?\s(?:-u|--user)[\s=]?)[^\s]+", RegexOptions.CultureInvariant)]
    private static partial Regex OnCommandLines();

    [GeneratedRegex("([?&;]sig=)[^\\s&\"']+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Signed();

    [GeneratedRegex(@"\b(Bearer|Basic|Digest)\s+[A-Za-z0-9+/=._~-]{6,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Schemes();

    [GeneratedRegex("""(?<![A-Za-z])((?:[\w-]*?(?:password|passwd|(?<![a-z])pass|pwd|passphrase|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|credential|session[_-]?id|cookie|signature))["']?\s*(?:[=:]|%3[DA])\s*)(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,;&"']+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    [GeneratedRegex(@"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s@/]+@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    // JSON web tokens, and the key shapes of AWS, GitHub, GitLab, npm, Slack, Stripe and the makers of language models.
    [GeneratedRegex(@"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bxox[abprs]-[\w-]{10,}|\bglpat-[\w-]{20,}|\bnpm_[A-Za-z0-9]{36}\b|\bsk-[A-Za-z0-9_-]{16,}|\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,}", RegexOptions.CultureInvariant)]
    private static partial Regex Shaped();
}
