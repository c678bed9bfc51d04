using System.Text.RegularExpressions;

namespace Upkeep.Redaction;

/// <summary>Masks what tells of people in text that is not ours, and what looks like a secret (<see cref="SecretShapes"/>).</summary>
public static partial class PersonalData
{
    /// <summary>The text with e-mail and network addresses, card and telephone numbers and secrets masked, cut at <paramref name="length"/> characters.</summary>
    public static string Clean(string text, int length)
    {
        // Once more at the end: a mask is shorter or longer than what it hides.
        var clean = SecretShapes.Clean(text, 2 * length);
        clean = Mail().Replace(clean, Redactor.Mask);
        clean = Account().Replace(clean, Redactor.Mask);
        clean = Address4().Replace(clean, Redactor.Mask);
        clean = Address6().Replace(clean, Redactor.Mask);
        clean = Telephone().Replace(clean, Redactor.Mask);
        clean = AmericanNumbers().Replace(clean, Redactor.Mask);
        clean = Card().Replace(clean, Redactor.Mask);
        return SecretShapes.Clean(clean, length);
    }

    [GeneratedRegex(@"[\p{L}\p{N}._%+'-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}", RegexOptions.CultureInvariant)]
    private static partial Regex Mail();

    [GeneratedRegex(@"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Address4();

    [GeneratedRegex(@"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![0-9A-Fa-f:])|(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}", RegexOptions.CultureInvariant)]
    private static partial Regex Address6();

    [GeneratedRegex(@"(?<!\w)\+\d{1,3}[ -]?(?:\(?\d{2,4}\)?[ -]?){2,4}\d{2,4}(?!\w)", RegexOptions.CultureInvariant)]
    private static partial Regex Telephone();

    // IBAN (ISO 13616), in groups or without.
    [GeneratedRegex(@"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b", RegexOptions.CultureInvariant)]
    private static partial Regex Account();

    // (555) 123-4567, 555-123-4567, social security, American Express.
    [GeneratedRegex(@"\([0-9]{3}\) ?[0-9]{3}[ .-][0-9]{4}\b|\b[0-9]{3}[.-][0-9]{3}[.-][0-9]{4}\b|\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b|\b3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}\b", RegexOptions.CultureInvariant)]
    private static partial Regex AmericanNumbers();

    [GeneratedRegex(@"(?<![\w-])(?:\d{4}[ -]){3}\d{4}(?![\w-])|(?<![\w-])[3-6]\d{15}(?![\w-])", RegexOptions.CultureInvariant)]
    private static partial Regex Card();
}
