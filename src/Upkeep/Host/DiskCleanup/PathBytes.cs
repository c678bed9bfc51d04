using System.Text;

namespace Upkeep.Host.DiskCleanup;

/// <summary>The path that a walk is at, as bytes: names need not be text.</summary>
internal sealed class PathBytes
{
    private byte[] _bytes = new byte[4096];

    public PathBytes(string root) => Append(Encoding.UTF8.GetBytes(root));

    private PathBytes(ReadOnlySpan<byte> bytes) => Append(bytes);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public PathBytes Copy() => new(Span);

    /// <summary>Goes into an entry.</summary>
    public void Enter(ReadOnlySpan<byte> name)
    {
        Append("/"u8);
        Append(name);
    }

    /// <summary>Goes back to where it was that long.</summary>
    public void Back(int length) => Length = length;

    /// <summary>The path of an entry here, for people: bytes that are no text are replaced.</summary>
    public string Of(ReadOnlySpan<byte> name) => $"{Encoding.UTF8.GetString(Span)}/{Encoding.UTF8.GetString(name)}";

    public override string ToString() => Encoding.UTF8.GetString(Span);

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (Length + bytes.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }
}
