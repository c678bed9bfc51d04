namespace Upkeep.LogReading;

/// <summary>
/// Hands a gzip file out in such a way that it can be told afterwards whether anything stands behind the last member: near the end byte
/// by byte, so that the decompressor has taken no more than it needed to find the end.
/// </summary>
internal sealed class GzipInput(FileStream file)
{
    private const int ByteByByte = 4 << 10;

    private readonly byte[] _buffer = new byte[128 << 10];
    private int _start;
    private int _filled;

    /// <summary>Bytes handed out.</summary>
    public long Taken { get; private set; }

    public int Read(Span<byte> into)
    {
        if (_start == _filled)
            (_start, _filled) = (0, file.Read(_buffer));
        var rest = file.Length - Taken;
        var length = Math.Min(_filled - _start, rest <= ByteByByte ? 1 : (int)Math.Min(into.Length, rest - ByteByByte));
        _buffer.AsSpan(_start, length).CopyTo(into);
        _start += length;
        Taken += length;
        return length;
    }

    /// <summary>How many bytes were not taken, if any of them is other than zero: archives on tapes are filled up with zeros.</summary>
    public long Rest()
    {
        var (rest, any) = (file.Length - Taken, false);
        while (true)
        {
            any |= _buffer.AsSpan(_start, _filled - _start).ContainsAnyExcept((byte)0);
            if (any || (_filled = file.Read(_buffer)) == 0)
                return any ? rest : 0;
            _start = 0;
        }
    }
}
