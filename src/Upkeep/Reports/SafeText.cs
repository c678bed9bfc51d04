using System.Globalization;
using System.Text;

namespace Upkeep.Reports;

/// <summary>
/// Makes text of unknown origin (a log line, a table's name, an error of a program) fit to be shown: control characters could move a
/// terminal's cursor, and direction marks could make a line read as something else. Both become visible signs.
/// </summary>
public static class SafeText
{
    /// <summary>Longer texts are cut: a report is read by people, and run.json has the whole.</summary>
    public const int Longest = 1200;

    /// <summary>The text on one line, with nothing invisible in it.</summary>
    public static string Line(string? text, int longest = Longest)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var safe = new StringBuilder(Math.Min(text.Length, longest) + 16);
        var read = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (safe.Length >= longest)
                return safe.Append(CultureInfo.InvariantCulture, $"… ({text.Length - read:#,##0} more characters in run.json)").ToString();
            read += rune.Utf16SequenceLength;
            Append(safe, rune);
        }
        return safe.ToString();
    }

    private static void Append(StringBuilder safe, Rune rune)
    {
        if (rune.Value is '\n' or '\r' or '\t')
            safe.Append(' ');
        else if (rune.Value < 0x20)
            safe.Append((char)(0x2400 + rune.Value));
        else if (rune.Value == 0x7f)
            safe.Append('\u2421');
        else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
            safe.Append(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]");
        else
            safe.Append(rune.ToString());
    }
}
