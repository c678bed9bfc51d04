using System.Buffers.Text;
using System.Text;

namespace Upkeep.LogReading;

/// <summary>Reads the lines of formats that name their parts.</summary>
internal sealed class StructuredLines(LogFormat format, TimeReader times)
{
    private const int HeadOfLevel = 2000;
    private const int MaxFields = 16;

    private readonly JsonLines _json = new();
    private byte[] _made = new byte[HeadOfLevel];

    /// <returns>False where it is no line of this format.</returns>
    public bool TryRead(ReadOnlySpan<byte> line, out LogParts parts) => format switch
    {
        LogFormat.Json => Json(line, out parts),
        LogFormat.Logfmt => Logfmt(line, out parts),
        LogFormat.Access => Access(line, out parts),
        _ => PostgresCsv(line, out parts),
    };

    private bool Json(ReadOnlySpan<byte> line, out LogParts parts)
    {
        parts = default;
        if (!_json.TryRead(line, out var json) || json.Level == LogLevel.None && !json.HasMessage)
            return false;
        parts = new LogParts(json.Level == LogLevel.None ? LogLevel.Other : json.Level, times.OfJson(json.Time), json.HasMessage ? json.Message : line);
        return true;
    }

    private bool Logfmt(ReadOnlySpan<byte> line, out LogParts parts)
    {
        parts = default;
        var text = Encoding.UTF8.GetString(line[..Math.Min(HeadOfLevel, line.Length)]);
        if (PlainLine.Logfmt(text) is not { } level)
            return false;
        var time = Value(text, "time") ?? Value(text, "ts") ?? Value(text, "t");
        parts = new LogParts(level, time is null ? 0 : times.OfJson(Encoding.UTF8.GetBytes(time)), Made(Value(text, "msg") ?? Value(text, "message") ?? text));
        return true;
    }

    private ReadOnlySpan<byte> Made(string message)
    {
        if (_made.Length < Encoding.UTF8.GetMaxByteCount(message.Length))
            _made = new byte[Encoding.UTF8.GetMaxByteCount(message.Length)];
        return _made.AsSpan(0, Encoding.UTF8.GetBytes(message, _made));
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

    // Method, path and answer; whoever asked, and with what parameters, are values.
    private bool Access(ReadOnlySpan<byte> line, out LogParts parts)
    {
        parts = default;
        var open = line.IndexOf((byte)'[');
        var close = open < 0 ? -1 : line[open..].IndexOf("] \""u8) + open;
        if (close <= open)
            return false;
        var request = line[(close + 3)..];
        var end = request.IndexOf("\" "u8);
        if (end < 0 || !Utf8Parser.TryParse(request[(end + 2)..], out int status, out _))
            return false;
        var level = status switch { >= 500 => LogLevel.Error, >= 400 => LogLevel.Warning, _ => LogLevel.Other };
        request = request[..end];
        var space = request.IndexOf((byte)' ');
        var method = space < 0 ? request : request[..space];
        var path = space < 0 ? default : request[(space + 1)..];
        if (path.IndexOfAny((byte)' ', (byte)'?') is >= 0 and var rest)
            path = path[..rest];
        parts = new LogParts(level, times.Read(line[(open + 1)..close]), Answered(method, path, status));
        return true;
    }

    private ReadOnlySpan<byte> Answered(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path, int status)
    {
        const int MostBesides = 100;
        if (_made.Length < method.Length + path.Length + MostBesides)
            _made = new byte[method.Length + path.Length + MostBesides];
        method.CopyTo(_made);
        var at = method.Length;
        _made[at++] = (byte)' ';
        path.CopyTo(_made.AsSpan(at));
        at += path.Length;
        " answered "u8.CopyTo(_made.AsSpan(at));
        at += " answered ".Length;
        Utf8Formatter.TryFormat(status, _made.AsSpan(at), out var digits);
        _made[at += digits] = (byte)' ';
        at++;
        return _made.AsSpan(0, at + Encoding.UTF8.GetBytes(HttpAnswer.Of(status), _made.AsSpan(at)));
    }

    private bool PostgresCsv(ReadOnlySpan<byte> line, out LogParts parts)
    {
        parts = default;
        if (line.IsEmpty || line[0] is < (byte)'0' or > (byte)'9')
            return false;
        var fields = new List<string>(MaxFields);
        for (var at = 0; at < line.Length && fields.Count < MaxFields;)
            fields.Add(CsvField(line, ref at));
        if (fields.Count <= 13 || LevelWords.Of(fields[11]) is not { } level)
            return false;
        parts = new LogParts(level, times.Read(Encoding.UTF8.GetBytes(fields[0])), Made(fields[13]));
        return true;
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

/// <summary>What a line of a format with named parts holds; valid until the next is read.</summary>
/// <param name="at">Milliseconds since 1970, or 0.</param>
internal readonly ref struct LogParts(LogLevel level, long at, ReadOnlySpan<byte> message)
{
    public LogLevel Level { get; } = level;

    public long At { get; } = at;

    public ReadOnlySpan<byte> Message { get; } = message;
}
