namespace Upkeep.LogReading;

/// <summary>Puts together the entries of <c>journalctl -o export</c>: a field a line, an empty line after each entry.</summary>
internal sealed class JournalExport
{
    private byte[]? _message;
    private LogLevel _level = LogLevel.Other;
    private long _at;
    private bool _binary;

    /// <summary>The number of the line with the entry's message.</summary>
    public long Line { get; private set; }

    /// <summary>Takes a line; gives the entry that it ends, if it ends one with a message.</summary>
    public bool Take(ReadOnlySpan<byte> line, long number, out LogParts entry)
    {
        if (line.IsEmpty)
            return End(out entry);
        entry = default;
        if (_binary)
        {
            // Eight bytes of length, and then the text, whose line ends belong to it: its first line is what it says.
            (_message, _binary, Line) = (line[Math.Min(8, line.Length)..].ToArray(), false, number);
        }
        else if (line.StartsWith("MESSAGE="u8))
            (_message, Line) = (line["MESSAGE=".Length..].ToArray(), number);
        else if (line.SequenceEqual("MESSAGE"u8))
            _binary = true;
        else if (line.StartsWith("PRIORITY="u8) && line.Length == "PRIORITY=".Length + 1)
            _level = LevelWords.Of((double)(line[^1] - '0'));
        else if (line.StartsWith("__REALTIME_TIMESTAMP="u8) && long.TryParse(line["__REALTIME_TIMESTAMP=".Length..], out var microseconds))
            _at = microseconds / 1000;
        return false;
    }

    /// <summary>The entry that was begun, if it has a message.</summary>
    public bool End(out LogParts entry)
    {
        var has = _message is not null;
        entry = has ? new LogParts(_level, _at, _message) : default;
        (_message, _level, _at, _binary) = (null, LogLevel.Other, 0, false);
        return has;
    }
}
