using System.Text;

namespace Upkeep.Processes;

/// <summary>
/// What a program printed, its beginning and its end: however much it prints, no more than both is ever held. Read while it is written to, too.
/// </summary>
/// <param name="head">Bytes kept of the beginning.</param>
/// <param name="tail">Bytes kept of the end.</param>
public sealed class KeptOutput(int head, int tail)
{
    private const int Piece = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly byte[] _head = new byte[head];
    private readonly byte[] _tail = new byte[tail];
    private long _total;

    /// <summary>Bytes printed in all.</summary>
    public long Total
    {
        get
        {
            lock (_gate)
                return _total;
        }
    }

    /// <summary>Reads a stream to its end.</summary>
    public async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var piece = new byte[Piece];
        while (await stream.ReadAsync(piece, cancellationToken) is > 0 and var count)
            Add(piece.AsSpan(0, count));
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_total < head)
            {
                var first = bytes[..(int)Math.Min(bytes.Length, head - _total)];
                first.CopyTo(_head.AsSpan((int)_total));
                _total += first.Length;
                bytes = bytes[first.Length..];
            }
            // Of a piece longer than the ring only its end is ever seen.
            var skipped = Math.Max(0, bytes.Length - tail);
            _total += skipped;
            bytes = bytes[skipped..];
            while (bytes.Length > 0)
            {
                var at = (int)((_total - head) % tail);
                var part = bytes[..Math.Min(bytes.Length, tail - at)];
                part.CopyTo(_tail.AsSpan(at));
                _total += part.Length;
                bytes = bytes[part.Length..];
            }
        }
    }

    /// <summary>Beginning and end, and how many bytes between them are missing. Each is cut at a line's end, so that no half of anything is shown as a whole.</summary>
    public (string Head, long Left, string Tail) Read()
    {
        lock (_gate)
        {
            var first = Encoding.UTF8.GetString(_head, 0, (int)Math.Min(_total, head));
            var after = Math.Max(0, _total - head);
            if (after <= tail)
                return (first + Encoding.UTF8.GetString(_tail, 0, (int)after), 0, "");
            var at = (int)(after % tail);
            var last = Encoding.UTF8.GetString([.. _tail[at..], .. _tail[..at]]);
            return (first[..(first.LastIndexOf('\n') + 1)], after - tail, last[(last.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
        }
    }

    /// <summary>The last bytes, for whoever looks on.</summary>
    public string Latest(int bytes)
    {
        var (first, _, last) = Read();
        var text = last.Length > 0 ? last : first;
        return text.Length > bytes ? text[^bytes..] : text;
    }

    public override string ToString()
    {
        var (first, left, last) = Read();
        return left == 0 ? first + last : $"{first}… {Amount.Bytes(left)} left out …\n{last}";
    }
}
