using System.Collections.Concurrent;

namespace Upkeep.LogReading;

/// <summary>Reads a source on a thread of its own, a few pieces ahead of whoever takes them: unpacking goes on beside the reading of lines.</summary>
/// <param name="read">Fills a buffer and gives the number of bytes, 0 at the end; called on that thread only, and must not throw.</param>
internal sealed class ReadAhead(Func<byte[], int> read) : IDisposable
{
    private const int Piece = 256 << 10;
    private const int Ahead = 4;

    private readonly BlockingCollection<(byte[] Bytes, int Length)> _full = new(Ahead);
    private readonly ConcurrentQueue<byte[]> _empty = [];
    private readonly CancellationTokenSource _stop = new();
    private Thread? _thread;
    private (byte[] Bytes, int Length) _now = ([], 0);
    private int _taken;
    private bool _ended;

    public int Read(Span<byte> buffer)
    {
        if (_thread is null)
            Start();
        if (_taken == _now.Length && !Next())
            return 0;
        var length = Math.Min(buffer.Length, _now.Length - _taken);
        _now.Bytes.AsSpan(_taken, length).CopyTo(buffer);
        _taken += length;
        return length;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread?.Join();
        _full.Dispose();
        _stop.Dispose();
    }

    private void Start()
    {
        _thread = new Thread(Fill) { IsBackground = true, Name = "unpacking" };
        _thread.Start();
    }

    private bool Next()
    {
        if (_now.Bytes.Length > 0)
            _empty.Enqueue(_now.Bytes);
        (_now, _taken) = (([], 0), 0);
        if (_ended || !_full.TryTake(out var next, Timeout.Infinite))
            return false;
        _ended = next.Length == 0;
        _now = next;
        return !_ended;
    }

    private void Fill()
    {
        try
        {
            for (var length = 1; length > 0;)
            {
                var piece = _empty.TryDequeue(out var used) ? used : new byte[Piece];
                length = read(piece);
                _full.Add((piece, length), _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody wants the rest.
        }
    }
}
