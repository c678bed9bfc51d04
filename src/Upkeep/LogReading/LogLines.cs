using System.Text;
using System.Text.Unicode;

namespace Upkeep.LogReading;

/// <summary>The lines of a <see cref="LogSource"/> as bytes, in constant memory: of a longer line than <see cref="MaxLine"/> only the beginning is handed on.</summary>
internal sealed class LogLines(LogSource source) : IDisposable
{
    public const int MaxLine = 64 << 10;
    // So many bytes are looked at to learn from; afterwards what the processor's own memory holds.
    private const int BufferLength = 1 << 20;
    private const int Chunk = 256 << 10;
    private const int Window = MaxLine / 2;

    // A line end stands before the first byte, as before every other line.
    private readonly byte[] _buffer = [(byte)'\n', .. new byte[BufferLength]];
    private int _start = 1;
    private int _filled = 1;
    // Whether nothing in the buffer's whole lines has to be told: not yet known, yes, no.
    private bool? _unremarkable;
    private bool _ended;
    private bool _peeked;
    private Func<bool>? _goOn;
    private long _every;
    private long _nextAsk;
    private bool _skipping;
    // Whether everything in the buffer is plain ASCII without NUL, so that no line has to be looked at.
    private bool _clean = true;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long Number { get; private set; }

    public long LongLines { get; private set; }

    /// <summary>Lines with bytes that are no UTF-8.</summary>
    public long InvalidLines { get; private set; }

    public long LinesWithNul { get; private set; }

    public LogSource Source => source;

    /// <summary>Asks whether to go on whenever so many more bytes were read, also where their lines are passed over.</summary>
    public void EveryBytes(long bytes, Func<bool> goOn) => (_every, _nextAsk, _goOn) = (bytes, bytes, goOn);

    /// <summary>The first lines, without reading them: as Latin-1, the beginning of each.</summary>
    public IReadOnlyList<string> Peek(int count, int length)
    {
        Fill();
        var lines = new List<string>();
        for (var at = _start; at < _filled && lines.Count < count;)
        {
            var rest = _buffer.AsSpan(at, _filled - at);
            var end = rest.IndexOf((byte)'\n');
            // The last line in the buffer may be a part of one.
            if (end < 0 && !_ended)
                break;
            var line = end < 0 ? rest : rest[..end];
            lines.Add(Encoding.Latin1.GetString(line[..Math.Min(length, line.Length)]).TrimEnd('\r'));
            at += line.Length + 1;
        }
        return lines;
    }

    /// <summary>The next line without its end; valid until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var rest = _buffer.AsSpan(_start, _filled - _start);
            var end = rest.IndexOf((byte)'\n');
            if (end >= 0)
            {
                _start += end + 1;
                if (!_skipping)
                {
                    line = Checked(rest[..end]);
                    return true;
                }
                _skipping = false;
            }
            else if (_skipping || rest.Length > MaxLine)
            {
                var first = !_skipping;
                (_start, _skipping) = (_filled, true);
                if (first)
                {
                    line = Checked(rest);
                    return true;
                }
                if (!Fill())
                    (_skipping, _ended) = (false, true);
            }
            else if (!Fill())
            {
                var any = rest.Length > 0;
                (_start, _filled) = (1, 1);
                line = any ? Checked(rest) : default;
                return any;
            }
        }
    }

    /// <summary>Passes over whole lines in which <paramref name="search"/> finds nothing; they count, and have nothing else to tell.</summary>
    public void Skip(LevelSearch search)
    {
        do
        {
            var end = _buffer.AsSpan(0, _filled).LastIndexOf((byte)'\n') + 1;
            if (_skipping || end <= _start)
                continue;
            if (!(_unremarkable ??= IsUnremarkable(_buffer.AsSpan(_start, end - _start))))
                break;
            var region = _buffer.AsSpan(_start - 1, end - _start + 1);
            var found = search.Find(region);
            // What is found may begin with the line end before its line.
            var next = found < 0 ? end : _start + region[..(found + 1)].LastIndexOf((byte)'\n');
            Number += _buffer.AsSpan(_start, next - _start).Count((byte)'\n');
            _start = next;
            if (found >= 0)
                break;
        }
        while (!_skipping && Fill());
    }

    public void Dispose() => source.Dispose();

    private ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> line)
    {
        Number++;
        if (line is [.., (byte)'\r'])
            line = line[..^1];
        if (line.Length > MaxLine)
        {
            LongLines++;
            line = line[..MaxLine];
        }
        if (_clean)
            return line;
        if (line.Contains((byte)0))
            LinesWithNul++;
        // A long line may have been cut inside a letter.
        if (line.Length < MaxLine && !Utf8.IsValid(line))
            InvalidLines++;
        return line;
    }

    // No line is longer than allowed where each half of that length holds a line end.
    private bool IsUnremarkable(ReadOnlySpan<byte> lines)
    {
        for (var at = 0; at + Window <= lines.Length; at += Window)
        {
            if (!lines.Slice(at, Window).Contains((byte)'\n'))
                return false;
        }
        return _clean || !lines.Contains((byte)0) && Utf8.IsValid(lines);
    }

    private bool Fill()
    {
        if (_ended)
            return false;
        var limit = _peeked ? Math.Min(BufferLength, _filled - _start + Chunk) : BufferLength;
        _buffer.AsSpan(_start, _filled - _start).CopyTo(_buffer.AsSpan(1));
        (_start, _filled, _peeked, _unremarkable) = (1, 1 + _filled - _start, true, null);
        var before = _filled;
        while (_filled <= limit && !_ended)
        {
            var read = source.Read(_buffer.AsSpan(_filled, limit + 1 - _filled));
            _ended = read == 0;
            _filled += read;
        }
        if (_goOn is not null && source.BytesRead >= _nextAsk)
        {
            _nextAsk = source.BytesRead + _every;
            _ended |= !_goOn();
        }
        var all = _buffer.AsSpan(1, _filled - 1);
        _clean = Ascii.IsValid(all) && !all.Contains((byte)0);
        return _filled > before;
    }
}
