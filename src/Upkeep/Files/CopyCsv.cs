using System.Buffers;

namespace Upkeep.Files;

/// <summary>
/// Lines as <c>COPY … (FORMAT csv)</c> writes and reads them: an empty field is null, a quoted empty one the empty text. For rows that are to be
/// loaded again; nothing is put in front of what a spreadsheet would take for a formula (<see cref="Csv"/> does), for that would change the value.
/// </summary>
public static class CopyCsv
{
    private const string LineEnd = "\r\n";

    private static readonly SearchValues<char> _toBeQuoted = SearchValues.Create(",\"\r\n\\");

    /// <summary>One line, with its end.</summary>
    public static string Line(IEnumerable<string?> fields) => string.Join(',', fields.Select(Field)) + LineEnd;

    // The backslash because of \., which ends the data where it stands alone.
    private static string Field(string? text) => text switch
    {
        null => "",
        "" => "\"\"",
        _ => text.AsSpan().ContainsAny(_toBeQuoted) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text,
    };
}
