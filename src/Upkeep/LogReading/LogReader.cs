using System.Buffers;
using System.Text;

namespace Upkeep.LogReading;

/// <summary>One message of a log, valid until the next is read.</summary>
/// <param name="at">Milliseconds since 1970, or 0 where the line bears no time that is known.</param>
/// <param name="message">Without the line's time, level and origin.</param>
/// <param name="text">With them, where the line is text.</param>
internal readonly ref struct LogEntry(LogLevel level, long at, ReadOnlySpan<byte> message, ReadOnlySpan<byte> text, long line)
{
    public ReadOnlySpan<byte> Text { get; } = text;

    public LogLevel Level { get; } = level;

    public long At { get; } = at;

    public ReadOnlySpan<byte> Message { get; } = message;

    public long Line { get; } = line;
}

/// <summary>Reads the messages of one log, whatever its format; lines that go on with the one before them are counted with it.</summary>
/// <param name="least">Messages below it are passed over, most of them unread, in files that name levels; <see cref="LogLevel.None"/> takes every one.</param>
internal sealed class LogReader(LogLines lines, TimeReader times, LogLevel least) : IDisposable
{
    private const int SampleLines = 2000;
    private const int SampleLength = 512;
    private const int LinesWithTimes = 100;
    private const int LongestLevel = 24;

    private static readonly SearchValues<byte> _colours = SearchValues.Create("0123456789;"u8);

    private readonly char[] _head = new char[SampleLength];
    private readonly JournalExport _journal = new();
    private StructuredLines? _structured;
    private HeadLayout _layout = new();
    private LevelSearch? _search;
    private bool _begun;
    // Whether the message that the lines belong to was handed on.
    private bool _taken;
    // Whether that message is a warning or worse: an exception that follows was logged with it.
    private bool _isBad;
    // No exception is logged with a web server's answer.
    private bool _isAnswer;
    private readonly JsonLines _json = new();
    private readonly byte[] _uncoloured = new byte[LogLines.MaxLine];

    public LogFormat Format { get; private set; }

    /// <summary>Whether any of the first lines names a level.</summary>
    public bool HasLevels { get; private set; }

    /// <summary>Whether the first lines bear times that are known.</summary>
    public bool HasTimes { get; private set; }

    /// <summary>Lines that went on with a message that was handed on: stack traces, details.</summary>
    public long Continuations { get; private set; }

    /// <summary>How many of the first lines name no level nor a failure, and so are left out; of <see cref="Sampled"/>.</summary>
    public int LeftOut { get; private set; }

    public int Sampled { get; private set; }

    public LogLines Lines => lines;

    /// <summary>Looks at the first lines; called once, before <see cref="TryRead"/>.</summary>
    public void Begin()
    {
        IReadOnlyList<string> sample = [.. lines.Peek(SampleLines, SampleLength).Where(line => !RotatedLine.Is(line)).Select(line => line.Contains('\e', StringComparison.Ordinal) ? Encoding.Latin1.GetString(Uncoloured(Encoding.Latin1.GetBytes(line))) : line)];
        Format = LogFormats.Of(sample);
        if (Format == LogFormat.Text)
        {
            _layout = HeadLearner.Learn(sample);
            HasLevels = _layout.LevelField >= 0 || sample.Any(line => PlainLine.Level(line) != LogLevel.None || TryJson(Encoding.Latin1.GetBytes(line), out _));
        }
        else
        {
            _structured = new StructuredLines(Format, times);
            HasLevels = true;
        }
        HasTimes = sample.Take(LinesWithTimes).Any(line => TimeIn(Encoding.Latin1.GetBytes(line)) != 0);
        if (HasLevels && LevelSearch.Knows(Format, least))
            _search = new LevelSearch(Format, least);
        if (HasLevels && least > LogLevel.Other)
            LookForLeftOut(sample);
    }

    public bool TryRead(out LogEntry entry)
    {
        while (true)
        {
            // What goes on with nothing stands only before the first message.
            if (_search is not null && _begun && !_taken && !_isBad)
                lines.Skip(_search);
            if (!lines.TryRead(out var line))
                return TryLast(out entry) && Takes(entry.Level);
            if (RotatedLine.Is(line))
                continue;
            if (line.Contains((byte)'\e'))
                line = Uncoloured(line);
            if (!(Format == LogFormat.JournalExport ? TryJournal(line, out entry) : _structured is null ? TryText(line, out entry) : TryStructured(line, out entry)))
                continue;
            _begun = true;
            (_taken, _isBad) = (Takes(entry.Level), entry.Level >= LogLevel.Warning && !_isAnswer);
            HasTimes |= _taken && entry.At != 0;
            if (_taken)
                return true;
        }
    }

    public void Dispose() => lines.Dispose();

    private long TimeIn(ReadOnlySpan<byte> line) => _structured is not null ? _structured.TryRead(line, out var parts) ? parts.At : 0
        : TimeIn(line, _layout.TrySplit(line, out var split), split);

    private bool Takes(LogLevel level) => !HasLevels || level >= least || least == LogLevel.Other;

    private void LookForLeftOut(IReadOnlyList<string> sample)
    {
        Sampled = sample.Count;
        foreach (var text in sample)
        {
            ReadOnlySpan<byte> line = Encoding.Latin1.GetBytes(text);
            if (Format == LogFormat.Text ? TryText(line, out var entry) && entry.Level == LogLevel.None : Format == LogFormat.Access && !_structured!.TryRead(line, out _) && !TryJson(line, out _) && PlainLevel(line) == LogLevel.None && !GoesOnAnyway(line))
                LeftOut++;
            _begun = true;
        }
        (_begun, _isBad, Continuations) = (false, false, 0);
    }

    private bool TryJournal(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        var ended = _journal.Take(line, lines.Number, out var parts);
        entry = new LogEntry(parts.Level, parts.At, parts.Message, parts.Message, _journal.Line);
        return ended;
    }

    private bool TryLast(out LogEntry entry)
    {
        var ended = _journal.End(out var parts);
        entry = new LogEntry(parts.Level, parts.At, parts.Message, parts.Message, _journal.Line);
        return ended;
    }

    private bool TryStructured(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        _isAnswer = false;
        if (_structured!.TryRead(line, out var parts))
        {
            _isAnswer = Format == LogFormat.Access;
            entry = new LogEntry(parts.Level, parts.At, parts.Message, parts.Message, lines.Number);
            return true;
        }
        if (Format is LogFormat.Logfmt or LogFormat.Access && TryJson(line, out entry))
            return true;
        var level = Format == LogFormat.PostgresCsv ? LogLevel.None : PlainLevel(line);
        if (level == LogLevel.None && Format != LogFormat.PostgresCsv && IsUncaught(line))
            level = LogLevel.Error;
        if (_begun && level == LogLevel.None)
        {
            Continuations += _taken ? 1 : 0;
            return false;
        }
        entry = new LogEntry(level, times.ReadHead(line), line, line, lines.Number);
        return line.Length > 0;
    }

    private bool TryText(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        if (TryJson(line, out entry))
            return true;
        var isSplit = _layout.TrySplit(line, out var split);
        var isCrash = HasLevels && least != LogLevel.None && !line.IsEmpty && Failures.IsCrash(line);
        // What an error logged of an exception is told with it, also where lines begin with no time.
        if (isCrash ? _isBad : GoesOn(line, isSplit, split))
        {
            Continuations += _taken ? 1 : 0;
            return false;
        }
        // A crash has no head, whatever its first words look like.
        var message = isSplit && !isCrash && split.Message < line.Length ? line[split.Message..] : line;
        var level = isCrash ? LogLevel.Error : least != LogLevel.None ? LevelOf(line, isSplit, split) : LogLevel.None;
        // Nobody asks when a message was logged that is passed over.
        entry = new LogEntry(level, Takes(level) ? TimeIn(line, isSplit, split) : 0, message, line, lines.Number);
        return true;
    }

    // Some lines come from a library with a logger of its own.
    private bool TryJson(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        if (line is not [(byte)'{', ..] || !_json.TryRead(line, out var json) || json.Level == LogLevel.None)
            return false;
        entry = new LogEntry(json.Level, times.OfJson(json.Time), json.HasMessage ? json.Message : line, json.HasMessage ? json.Message : line, lines.Number);
        return true;
    }

    private bool IsUncaught(ReadOnlySpan<byte> line) => !_isBad && Failures.IsCrash(line);

    private static bool GoesOnAnyway(ReadOnlySpan<byte> line) => line.IsEmpty || line[0] is (byte)' ' or (byte)'\t';

    // A stamp may be followed by its offset, which is no field of the time.
    private long TimeIn(ReadOnlySpan<byte> line, bool isSplit, HeadSplit split) =>
        isSplit && _layout.TimeFrom >= 0 && times.Read(TimeOf(line, split)) is not 0 and var at ? at : times.ReadHead(line);

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
        if (_layout.LevelField >= 0 && isSplit)
        {
            var word = line[split.Level.Start..split.Level.End].Trim("[]():,|<>\""u8);
            if (word.Length <= LongestLevel && Field.LevelOf(_head.AsSpan(0, Encoding.Latin1.GetChars(word, _head))) is not LogLevel.None and var level)
                return level;
        }
        return PlainLevel(line) is not LogLevel.None and var named ? named
            : HasLevels && Failures.IsTold(Head(line)) ? LogLevel.Error : LogLevel.None;
    }

    private LogLevel PlainLevel(ReadOnlySpan<byte> line) => PlainLine.Level(Head(line));

    private ReadOnlySpan<char> Head(ReadOnlySpan<byte> line) => _head.AsSpan(0, Encoding.Latin1.GetChars(line[..Math.Min(SampleLength, line.Length)], _head));

    // ESC [ 31 m: nobody logs other sequences.
    private ReadOnlySpan<byte> Uncoloured(ReadOnlySpan<byte> line)
    {
        var length = 0;
        for (var at = 0; at < line.Length && length < _uncoloured.Length; at++)
        {
            if (line[at] == '\e' && at + 1 < line.Length && line[at + 1] == '[' && line[(at + 2)..].IndexOfAnyExcept(_colours) is >= 0 and var end && line[at + 2 + end] == 'm')
                at += 2 + end;
            else
                _uncoloured[length++] = line[at];
        }
        return _uncoloured.AsSpan(0, length);
    }
}
