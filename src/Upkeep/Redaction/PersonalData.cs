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
        clean = Address4().Replace(clean, Redactor.Mask);
        clean = Address6().Replace(clean, Redactor.Mask);
        clean = Telephone().Replace(clean, Redactor.Mask);
        clean = Card().Replace(clean, Redactor.Mask);
        return SecretShapes.Clean(clean, length);
    }

    [GeneratedRegex(@"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", RegexOptions.CultureInvariant)]
    private static partial Regex Mail();

    [GeneratedRegex(@"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Address4();

    [GeneratedRegex(@"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![0-9A-Fa-f:])|(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}", RegexOptions.CultureInvariant)]
    private static partial Regex Address6();

    [GeneratedRegex(@"(?<!\w)\+\d{1,3}[ -]?(?:\(?\d{2,4}\)?[ -]?){2,4}\d{2,4}(?!\w)", RegexOptions.CultureInvariant)]
    private static partial Regex Telephone();

    [GeneratedRegex(@"(?<![\w-])(?:\d{4}[ -]){3}\d{4}(?![\w-])|(?<![\w-])[3-6]\d{15}(?![\w-])", RegexOptions.CultureInvariant)]
    private static partial Regex Card();
}
