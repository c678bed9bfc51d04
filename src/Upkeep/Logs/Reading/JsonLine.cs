using System.Text.Json;

namespace Upkeep.Logs.Reading;

/// <summary>The three fields of a JSON log line that matter here.</summary>
internal readonly record struct JsonLine(LogLevel Level, string? Time, string? Message)
{
    private static readonly string[] _levels = ["level", "severity", "lvl", "loglevel", "log.level", "levelname", "severity_text", "@l"];
    private static readonly string[] _times = ["time", "timestamp", "ts", "@timestamp", "@t", "datetime"];
    private static readonly string[] _messages = ["message", "msg", "@m", "@mt", "event", "error"];

    /// <summary>Reads the top level only: a nested "level" is somebody's data. Null where the line is no JSON object.</summary>
    public static JsonLine? Read(ReadOnlySpan<byte> line)
    {
        // The line may have been cut short: what stands before the cut counts.
        var reader = new Utf8JsonReader(line, isFinalBlock: false, state: default);
        var (level, time, message) = (LogLevel.None, (string?)null, (string?)null);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!reader.Read())
                    break;
                if (level == LogLevel.None && Is(name, _levels))
                    level = LevelOf(ref reader);
                else if (time is null && Is(name, _times))
                    time = TimeOf(ref reader);
                else if (message is null && Is(name, _messages) && reader.TokenType == JsonTokenType.String)
                    message = reader.GetString();
                if (!reader.TrySkip())
                    break;
            }
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // Not JSON after all, or invalid UTF-8 inside a string: what was read before it counts.
            return level == LogLevel.None ? null : new JsonLine(level, time, message);
        }
        return new JsonLine(level, time, message);
    }

    private static bool Is(string name, string[] known) => known.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static LogLevel LevelOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => LevelWords.Of(reader.GetDouble()),
        JsonTokenType.String => LevelWords.Of(reader.GetString()) ?? LogLevel.Other,
        _ => LogLevel.None,
    };

    private static string? TimeOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => reader.GetDouble().ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };
}
