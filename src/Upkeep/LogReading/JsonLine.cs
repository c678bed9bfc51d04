using System.Text;
using System.Text.Json;

namespace Upkeep.LogReading;

/// <summary>The three fields of a JSON log line that matter here, valid until the next line is read.</summary>
/// <param name="time">Its text, of a number or a string; empty where there is none.</param>
internal readonly ref struct JsonLine(LogLevel level, ReadOnlySpan<byte> time, ReadOnlySpan<byte> message, bool hasMessage)
{
    public LogLevel Level { get; } = level;

    public ReadOnlySpan<byte> Time { get; } = time;

    public ReadOnlySpan<byte> Message { get; } = message;

    public bool HasMessage { get; } = hasMessage;
}

/// <summary>Reads JSON lines without a word put on the heap.</summary>
internal sealed class JsonLines
{
    private const int LongestTime = 128;

    private static readonly string[] _levels = ["level", "severity", "lvl", "loglevel", "log.level", "levelname", "severity_text", "@l"];
    private static readonly string[] _times = ["time", "timestamp", "ts", "@timestamp", "@t", "datetime"];
    private static readonly string[] _messages = ["message", "msg", "@m", "@mt", "event", "error"];

    private readonly byte[] _time = new byte[LongestTime];
    private byte[] _message = new byte[1024];

    /// <summary>The names under which loggers write the level.</summary>
    public static ReadOnlySpan<string> LevelKeys => _levels;

    /// <summary>Reads the top level only: a nested "level" is somebody's data.</summary>
    /// <returns>False where the line is no JSON object.</returns>
    public bool TryRead(ReadOnlySpan<byte> line, out JsonLine json)
    {
        json = default;
        if (!line.TrimStart(" \t"u8).StartsWith("{"u8))
            return false;
        // The line may have been cut short: what stands before the cut counts.
        var reader = new Utf8JsonReader(line, isFinalBlock: false, state: default);
        scoped ReadOnlySpan<byte> name;
        ReadOnlySpan<byte> time = default;
        ReadOnlySpan<byte> message = default;
        var (level, hasMessage, whole) = (LogLevel.None, false, true);
        try
        {
            reader.Read();
            while ((level == LogLevel.None || time.IsEmpty || !hasMessage) && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                // A name that needs escapes is none of those looked for.
                name = reader.ValueIsEscaped ? default : reader.ValueSpan;
                if (!reader.Read())
                    break;
                if (level == LogLevel.None && Is(name, _levels))
                    level = LevelOf(ref reader);
                else if (time.IsEmpty && Is(name, _times) && reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
                    time = TextOf(in reader, _time);
                else if (!hasMessage && reader.TokenType == JsonTokenType.String && Is(name, _messages))
                {
                    message = TextOf(in reader, Room(line.Length));
                    hasMessage = true;
                }
                if (!reader.TrySkip())
                    break;
            }
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // Not JSON after all, or invalid UTF-8 inside a string: what was read before it counts.
            whole = false;
        }
        json = new JsonLine(level, time, message, hasMessage);
        return whole || level != LogLevel.None;
    }

    private static bool Is(ReadOnlySpan<byte> name, string[] known)
    {
        foreach (var one in known)
        {
            if (one.Length == name.Length && Ascii.EqualsIgnoreCase(name, one))
                return true;
        }
        return false;
    }

    private static LogLevel LevelOf(ref Utf8JsonReader reader)
    {
        const int LongestLevel = 24;
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt32(out var whole) ? LevelWords.Of((double)whole) : LevelWords.Of(reader.GetDouble());
        if (reader.TokenType != JsonTokenType.String)
            return LogLevel.None;
        Span<char> word = stackalloc char[LongestLevel];
        return reader.ValueSpan.Length > LongestLevel ? LogLevel.Other : LevelWords.Of(word[..Encoding.Latin1.GetChars(reader.ValueSpan, word)]) ?? LogLevel.Other;
    }

    private static ReadOnlySpan<byte> TextOf(scoped in Utf8JsonReader reader, byte[] room) => !reader.ValueIsEscaped ? reader.ValueSpan
        : reader.ValueSpan.Length > room.Length ? default : room.AsSpan(0, reader.CopyString(room));

    private byte[] Room(int length) => _message.Length >= length ? _message : _message = new byte[length];
}
