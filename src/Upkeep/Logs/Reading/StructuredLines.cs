using System.Buffers.Text;
using System.Text;

namespace Upkeep.Logs.Reading;

/// <summary>Reads the lines of formats that name their parts.</summary>
internal sealed class StructuredLines(LogFormat format, TimeReader times)
{
    private const int HeadOfLevel = 2000;
    private const int MaxFields = 16;

    /// <summary>The parts of a line; null where it is no line of this format.</summary>
    public LogParts? Read(ReadOnlySpan<byte> line) => format switch
    {
        LogFormat.Json => Json(line),
        LogFormat.Logfmt => Logfmt(line),
        LogFormat.Access => Access(line),
        _ => PostgresCsv(line),
    };

    private LogParts? Json(ReadOnlySpan<byte> line) => JsonLine.Read(line) is { } json && (json.Level != LogLevel.None || json.Message is not null)
        ? new LogParts(json.Level == LogLevel.None ? LogLevel.Other : json.Level, times.OfJson(json.Time), json.Message ?? Encoding.UTF8.GetString(line))
        : null;

    private LogParts? Logfmt(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line[..Math.Min(HeadOfLevel, line.Length)]);
        if (PlainLine.Logfmt(text) is not { } level)
            return null;
        return new LogParts(level, times.OfJson(Value(text, "time") ?? Value(text, "ts") ?? Value(text, "t")), Value(text, "msg") ?? Value(text, "message") ?? text);
    }

    private static string? Value(string text, string key)
    {
        var at = text.StartsWith(key + "=", StringComparison.Ordinal) ? 0 : text.IndexOf($" {key}=", StringComparison.Ordinal) is >= 0 and var found ? found + 1 : -1;
        if (at < 0)
            return null;
        var value = text[(at + key.Length + 1)..];
        if (!value.StartsWith('"'))
            return value.IndexOf(' ') is >= 0 and var space ? value[..space] : value;
        var end = 1;
        while (end < value.Length && value[end] != '"')
            end += value[end] == '\\' ? 2 : 1;
        return value[1..Math.Min(end, value.Length)].Replace("\\\"", "\"", StringComparison.Ordinal);
    }

    // The answer's class is what counts; the path and whoever asked are values.
    private LogParts? Access(ReadOnlySpan<byte> line)
    {
        var open = line.IndexOf((byte)'[');
        var close = open < 0 ? -1 : line[open..].IndexOf("] \""u8) + open;
        if (close <= open)
            return null;
        var request = line[(close + 3)..];
        var end = request.IndexOf("\" "u8);
        if (end < 0 || !Utf8Parser.TryParse(request[(end + 2)..], out int status, out _))
            return null;
        var (level, words) = status switch
        {
            >= 500 => (LogLevel.Error, "a server error"),
            >= 400 => (LogLevel.Warning, "a client error"),
            >= 300 => (LogLevel.Other, "another place"),
            _ => (LogLevel.Other, "success"),
        };
        var parts = Encoding.UTF8.GetString(request[..end]).Split(' ');
        var path = parts.Length > 1 ? parts[1].Split('?')[0] : "";
        return new LogParts(level, times.Read(line[(open + 1)..close]), $"{parts[0]} {path} answered with {words} ({status})");
    }

    private LogParts? PostgresCsv(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] is < (byte)'0' or > (byte)'9')
            return null;
        var fields = new List<string>(MaxFields);
        for (var at = 0; at < line.Length && fields.Count < MaxFields;)
            fields.Add(CsvField(line, ref at));
        return fields.Count > 13 && LevelWords.Of(fields[11]) is { } level ? new LogParts(level, times.Read(Encoding.UTF8.GetBytes(fields[0])), fields[13]) : null;
    }

    private static string CsvField(ReadOnlySpan<byte> line, ref int at)
    {
        if (line[at] != '"')
        {
            var rest = line[at..];
            var comma = rest.IndexOf((byte)',');
            var plain = comma < 0 ? rest : rest[..comma];
            at += plain.Length + 1;
            return Encoding.UTF8.GetString(plain);
        }
        var start = ++at;
        // A message of several lines ends where this line does.
        while (at < line.Length && !(line[at] == '"' && (at + 1 >= line.Length || line[at + 1] == ',')))
            at += line[at] == '"' ? 2 : 1;
        at = Math.Min(at, line.Length);
        var text = Encoding.UTF8.GetString(line[start..at]).Replace("\"\"", "\"", StringComparison.Ordinal);
        at += 2;
        return text;
    }
}

/// <summary>What a line of a format with named parts holds.</summary>
/// <param name="At">Milliseconds since 1970, or 0.</param>
internal readonly record struct LogParts(LogLevel Level, long At, string Message);
