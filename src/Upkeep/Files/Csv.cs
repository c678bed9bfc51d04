using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Upkeep.Files;

/// <summary>
/// A CSV table after RFC 4180 (comma, CRLF, quotes doubled). Text that a spreadsheet would take for a formula (it begins with
/// <c>= + - @</c>, a tab or a line end) gets an apostrophe in front, because names of tables and texts of logs are not ours.
/// </summary>
public sealed class Csv
{
    private const string FormulaStarts = "=+-@\t\r\n";
    private static readonly CsvConfiguration _rfc4180 = new(CultureInfo.InvariantCulture) { NewLine = "\r\n" };
    private readonly List<string[]> _rows = [];

    public Csv(params ReadOnlySpan<string> columns) => Row([.. columns]);

    /// <summary>Adds a row; numbers and instants are written invariantly, null as an empty field.</summary>
    public void Row(params ReadOnlySpan<object?> fields)
    {
        var row = new string[fields.Length];
        for (var column = 0; column < fields.Length; column++)
            row[column] = Field(fields[column]);
        _rows.Add(row);
    }

    /// <summary>The rows so far, which are then forgotten: for a table too long to be held.</summary>
    public string Take()
    {
        var rows = ToString();
        _rows.Clear();
        return rows;
    }

    public override string ToString()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var writer = new CsvWriter(text, _rfc4180);
        foreach (var row in _rows)
        {
            foreach (var field in row)
                writer.WriteField(field);
            writer.NextRecord();
        }
        writer.Flush();
        return text.ToString();
    }

    private static string Field(object? value) => value switch
    {
        null => "",
        string text => Harmless(text),
        DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Harmless(value.ToString() ?? ""),
    };

    // The library would put one before negative numbers too.
    private static string Harmless(string text) => text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
}
