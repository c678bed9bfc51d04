using System.Text;

namespace Upkeep.Logs.Reading;

/// <summary>One message of a log, valid until the next is read.</summary>
/// <param name="at">Milliseconds since 1970, or 0 where the line bears no time that is known.</param>
internal readonly ref struct LogEntry(LogLevel level, long at, ReadOnlySpan<byte> message, long line)
{
    public LogLevel Level { get; } = level;

    public long At { get; } = at;

    public ReadOnlySpan<byte> Message { get; } = message;

    public long Line { get; } = line;
}

/// <summary>Reads the messages of one log, whatever its format; lines that go on with the one before them are counted with it.</summary>
/// <param name="needsLevels">Whether the caller looks at <see cref="LogEntry.Level"/>.</param>
internal sealed class LogReader(LogLines lines, TimeReader times, bool needsLevels) : IDisposable
{
    private const int SampleLines = 2000;
    private const int SampleLength = 512;
    private const int LongestLevel = 24;

    private readonly char[] _head = new char[SampleLength];
    private readonly JournalExport _journal = new();
    private StructuredLines? _structured;
    private HeadLayout _layout = new();
    private byte[] _made = [];
    private bool _begun;
    private bool _plainLevels;

    public LogFormat Format { get; private set; }

    /// <summary>Whether any of the first lines names a level.</summary>
    public bool HasLevels { get; private set; }

    /// <summary>Lines that went on with the one before them: stack traces, details.</summary>
    public long Continuations { get; private set; }

    public LogLines Lines => lines;

    /// <summary>Looks at the first lines; called once, before <see cref="TryRead"/>.</summary>
    public void Begin()
    {
        var sample = lines.Peek(SampleLines, SampleLength);
        Format = LogFormats.Of(sample);
        if (Format != LogFormat.Text)
        {
            _structured = new StructuredLines(Format, times);
            HasLevels = true;
            return;
        }
        _layout = HeadLearner.Learn(sample);
        _plainLevels = _layout.LevelField < 0 && sample.Any(line => PlainLine.Level(line) != LogLevel.None);
        HasLevels = _layout.LevelField >= 0 || _plainLevels;
    }

    public bool TryRead(out LogEntry entry)
    {
        while (lines.TryRead(out var line))
        {
            if (Format == LogFormat.JournalExport ? TryJournal(_journal.Take(line, lines.Number), out entry) : _structured is null ? TryText(line, out entry) : TryStructured(line, out entry))
            {
                _begun = true;
                return true;
            }
        }
        return TryJournal(_journal.End(), out entry);
    }

    public void Dispose() => lines.Dispose();

    private bool TryJournal(LogParts? parts, out LogEntry entry)
    {
        entry = parts is { } read ? Made(read, _journal.Line) : default;
        return parts is not null;
    }

    private bool TryStructured(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        if (_structured!.Read(line) is { } parts)
        {
            entry = Made(parts, lines.Number);
            return true;
        }
        if (_begun)
        {
            Continuations++;
            return false;
        }
        entry = new LogEntry(LogLevel.None, 0, line, lines.Number);
        return line.Length > 0;
    }

    private LogEntry Made(LogParts parts, long number)
    {
        if (_made.Length < Encoding.UTF8.GetMaxByteCount(parts.Message.Length))
            _made = new byte[Encoding.UTF8.GetMaxByteCount(parts.Message.Length)];
        return new LogEntry(parts.Level, parts.At, _made.AsSpan(0, Encoding.UTF8.GetBytes(parts.Message, _made)), number);
    }

    private bool TryText(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        var isSplit = _layout.TrySplit(line, out var split);
        if (GoesOn(line, isSplit, split))
        {
            Continuations++;
            return false;
        }
        var message = isSplit && split.Message < line.Length ? line[split.Message..] : line;
        // A stamp may be followed by its offset, which is no field of the time.
        var at = isSplit && _layout.TimeFrom >= 0 ? times.Read(TimeOf(line, split)) : 0;
        entry = new LogEntry(needsLevels ? LevelOf(line, isSplit, split) : LogLevel.None, at, message, lines.Number);
        return true;
    }

    private bool GoesOn(ReadOnlySpan<byte> line, bool isSplit, HeadSplit split)
    {
        if (line.IsEmpty)
            return true;
        if (!_begun)
            return false;
        if (line[0] is (byte)' ' or (byte)'\t' || line.StartsWith("Caused by: "u8))
            return true;
        if (_layout.TimeFrom == 0)
            return !IsStamp(line) || (isSplit && IsDetail(line, split));
        return isSplit && IsDetail(line, split);
    }

    private static bool IsStamp(ReadOnlySpan<byte> line) => line[0] is (>= (byte)'0' and <= (byte)'9') or (byte)'[' or (byte)'(' or (byte)'<' or (byte)'-' or (byte)'+'
        || (line.Length > 3 && Field.IsCalendar([(char)line[0], (char)line[1], (char)line[2]]));

    // What PostgreSQL adds to the line before.
    private bool IsDetail(ReadOnlySpan<byte> line, HeadSplit split) => _layout.LevelField >= 0
        && line[split.Level.Start..split.Level.End] is var level && level.Length > 4 && level[^1] == ':'
        && (level.SequenceEqual("DETAIL:"u8) || level.SequenceEqual("HINT:"u8) || level.SequenceEqual("CONTEXT:"u8) || level.SequenceEqual("STATEMENT:"u8) || level.SequenceEqual("QUERY:"u8));

    private static ReadOnlySpan<byte> TimeOf(ReadOnlySpan<byte> line, HeadSplit split)
    {
        var rest = line[split.Time.Start..];
        var length = split.Time.End - split.Time.Start;
        var next = rest[length..];
        if (next.StartsWith(" UTC"u8) || next.StartsWith(" GMT"u8))
            length += 4;
        else if (next.Length > 5 && next[0] == ' ' && next[1] is (byte)'+' or (byte)'-' && next[2] is >= (byte)'0' and <= (byte)'9')
            length += next[1..].IndexOf((byte)' ') is > 0 and < 8 and var offset ? offset + 1 : 0;
        return rest[..length];
    }

    private LogLevel LevelOf(ReadOnlySpan<byte> line, bool isSplit, HeadSplit split)
    {
        if (_layout.LevelField >= 0)
        {
            if (!isSplit)
                return LogLevel.None;
            var word = line[split.Level.Start..split.Level.End].Trim("[]():,|<>\""u8);
            return word.Length > LongestLevel ? LogLevel.None : Field.LevelOf(_head.AsSpan(0, Encoding.Latin1.GetChars(word, _head)));
        }
        return _plainLevels ? PlainLine.Level(_head.AsSpan(0, Encoding.Latin1.GetChars(line[..Math.Min(SampleLength, line.Length)], _head))) : LogLevel.None;
    }
}
