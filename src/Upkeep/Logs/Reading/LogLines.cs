using System.Text;
using System.Text.Unicode;

namespace Upkeep.Logs.Reading;

/// <summary>The lines of a <see cref="LogSource"/> as bytes, in constant memory: of a longer line than <see cref="MaxLine"/> only the beginning is handed on.</summary>
internal sealed class LogLines(LogSource source) : IDisposable
{
    public const int MaxLine = 64 << 10;
    private const int BufferLength = 1 << 20;

    private readonly byte[] _buffer = new byte[BufferLength];
    private int _start;
    private int _filled;
    private bool _ended;
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
            else if (rest.Length >= MaxLine && (_ended || _filled - _start == BufferLength || _skipping))
            {
                var first = !_skipping;
                (_start, _skipping) = (_filled, true);
                if (first)
                {
                    line = Checked(rest);
                    return true;
                }
            }
            else if (!Fill())
            {
                var any = !_skipping && rest.Length > 0;
                (_start, _filled) = (0, 0);
                line = any ? Checked(rest) : default;
                return any;
            }
        }
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

    private bool Fill()
    {
        if (_ended)
            return false;
        _buffer.AsSpan(_start, _filled - _start).CopyTo(_buffer);
        (_start, _filled) = (0, _filled - _start);
        var before = _filled;
        while (_filled < BufferLength && !_ended)
        {
            var read = source.Read(_buffer.AsSpan(_filled));
            _ended = read == 0;
            _filled += read;
        }
        var all = _buffer.AsSpan(0, _filled);
        _clean = Ascii.IsValid(all) && !all.Contains((byte)0);
        return _filled > before;
    }
}
