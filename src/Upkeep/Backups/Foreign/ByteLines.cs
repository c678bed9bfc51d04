namespace Upkeep.Backups.Foreign;

/// <summary>
/// Reads a stream line by line as bytes in constant memory, to its end. Every byte is handed on, line ends too; of a line that is longer
/// than the buffer piece after piece, with <see cref="Begins"/> and <see cref="Ends"/> saying which piece it is.
/// </summary>
/// <param name="moved">Called each time that there was more to read.</param>
internal sealed class ByteLines(Stream stream, Action? moved = null)
{
    private readonly byte[] _buffer = new byte[256 << 10];
    private int _start;
    private int _filled;
    private int _length;
    private bool _ended = true;
    private bool _atEnd;

    /// <summary>The piece, valid until the next call; with the line's end where it has one.</summary>
    public ReadOnlySpan<byte> Piece => _buffer.AsSpan(_start, _length);

    /// <summary>The piece without the line's end.</summary>
    public ReadOnlySpan<byte> Text => Piece.TrimEnd("\r\n"u8);

    public bool Begins { get; private set; }

    public bool Ends { get; private set; }

    /// <summary>Bytes handed on so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Goes to the next piece.</summary>
    /// <returns>False at the stream's end.</returns>
    public bool Next()
    {
        Begins = _ended;
        _start += _length;
        Bytes += _length;
        _length = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_start, _filled - _start);
            var end = rest.IndexOf((byte)'\n');
            if (end >= 0 || rest.Length == _buffer.Length || (_atEnd && rest.Length > 0))
            {
                _length = end >= 0 ? end + 1 : rest.Length;
                _ended = Ends = end >= 0;
                return true;
            }
            if (_atEnd)
                return false;
            Fill(rest);
        }
    }

    private void Fill(ReadOnlySpan<byte> rest)
    {
        rest.CopyTo(_buffer);
        (_start, _filled) = (0, rest.Length);
        var read = stream.Read(_buffer, _filled, _buffer.Length - _filled);
        _filled += read;
        _atEnd = read == 0;
        moved?.Invoke();
    }
}
