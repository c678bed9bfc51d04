namespace Upkeep.Files;

/// <summary>Passes reading on, tells how much was read, and remembers whether somebody wanted to read on after the end.</summary>
/// <param name="read">Hears the number of bytes of every read; null for nobody.</param>
internal sealed class WatchedStream(Stream source, Action<long>? read = null) : Stream
{
    public bool AtEnd { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => source.Length;

    public override long Position { get => source.Position; set => throw new NotSupportedException(); }

    public void Rewind()
    {
        source.Position = 0;
        AtEnd = false;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => Told(source.Read(buffer), buffer.Length);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Told(await source.ReadAsync(buffer, cancellationToken), buffer.Length);

    public override void Flush()
    {
        // There is nothing to write.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }

    private int Told(int bytes, int wanted)
    {
        AtEnd |= bytes == 0 && wanted > 0;
        read?.Invoke(bytes);
        return bytes;
    }
}
