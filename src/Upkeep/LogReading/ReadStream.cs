namespace Upkeep.LogReading;

/// <summary>A function that reads, as a stream for whoever wants one.</summary>
internal sealed class ReadStream(ReadStream.Reading reading) : Stream
{
    internal delegate int Reading(Span<byte> into);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => reading(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => reading(buffer);

    public override void Flush()
    {
        // There is nothing to write.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
