namespace Upkeep.Files;

/// <summary>
/// Reads a file line by line as bytes in constant memory, up to the length it had when it was opened, so that a log that is
/// being written to has an end. CRLF and LF end a line; of a longer line than <see cref="MaxLine"/> only the beginning is handed on.
/// A file that is renamed meanwhile is read to its end.
/// </summary>
public sealed class LineReader : IDisposable
{
    /// <summary>Bytes of a line that are handed on.</summary>
    public const int MaxLine = 16 << 10;

    private readonly FileStream _file;
    private readonly byte[] _buffer = new byte[256 << 10];
    private readonly long _end;
    private int _start;
    private int _filled;
    private bool _skipping;

    /// <exception cref="IOException">There is no such file, or it can't be read.</exception>
    public LineReader(string path)
    {
        _file = new FileStream(path, new FileStreamOptions
        {
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.SequentialScan,
        });
        _end = _file.Length;
    }

    /// <summary>Length of the file when it was opened.</summary>
    public long Length => _end;

    public long BytesRead { get; private set; }

    /// <summary>Whether the file became shorter while it was read (emptied by a rotation): what was cut off was not seen.</summary>
    public bool WasCut { get; private set; }

    /// <summary>The next line without its end; valid until the next call.</summary>
    /// <returns>False at the end of the file.</returns>
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
                    line = Trimmed(rest[..end]);
                    return true;
                }
                _skipping = false;
            }
            else if (rest.Length >= MaxLine)
            {
                // Too long: its beginning now, and nothing more until its end is found.
                var first = !_skipping;
                (_start, _skipping) = (_filled, true);
                if (first)
                {
                    line = rest[..MaxLine];
                    return true;
                }
            }
            else if (!Fill())
            {
                line = _skipping ? default : Trimmed(_buffer.AsSpan(_start, _filled - _start));
                var any = !_skipping && _filled > _start;
                (_start, _filled) = (0, 0);
                return any;
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> line) => (line is [.., (byte)'\r'] ? line[..^1] : line) is var text && text.Length > MaxLine ? text[..MaxLine] : text;

    private bool Fill()
    {
        _buffer.AsSpan(_start, _filled - _start).CopyTo(_buffer);
        (_start, _filled) = (0, _filled - _start);
        var wanted = (int)Math.Min(_buffer.Length - _filled, _end - BytesRead);
        var read = wanted == 0 ? 0 : _file.Read(_buffer, _filled, wanted);
        WasCut |= read == 0 && wanted > 0;
        _filled += read;
        BytesRead += read;
        return read > 0;
    }
}
