using System.Globalization;
using System.Text;

namespace Upkeep.Files;

/// <summary>
/// A CSV table after RFC 4180 (comma, CRLF, quotes doubled). Text that a spreadsheet would take for a formula (it begins with
/// <c>= + - @</c>, a tab or a line end) gets an apostrophe in front, because names of tables and texts of logs are not ours.
/// </summary>
public sealed class Csv
{
    private const string FormulaStarts = "=+-@\t\r\n";
    private readonly StringBuilder _text = new();

    public Csv(params ReadOnlySpan<string> columns) => Row([.. columns]);

    /// <summary>Adds a row; numbers and instants are written invariantly, null as an empty field.</summary>
    public void Row(params ReadOnlySpan<object?> fields)
    {
        for (var column = 0; column < fields.Length; column++)
            _text.Append(column == 0 ? "" : ",").Append(Field(fields[column]));
        _text.Append("\r\n");
    }

    public override string ToString() => _text.ToString();

    private static string Field(object? value) => value switch
    {
        null => "",
        string text => Quote(Harmless(text)),
        DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IFormattable number => Quote(number.ToString(null, CultureInfo.InvariantCulture)),
        _ => Quote(Harmless(value.ToString() ?? "")),
    };

    private static string Harmless(string text) => text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
