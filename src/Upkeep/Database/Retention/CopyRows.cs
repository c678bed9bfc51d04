using System.Runtime.InteropServices;

namespace Upkeep.Database.Retention;

/// <summary>Takes COPY text apart into rows, whatever the pieces it comes in, and hands each on without its line end.</summary>
internal sealed class CopyRows(Action<ReadOnlySpan<byte>> row)
{
    private readonly List<byte> _rest = [];

    public void Add(ReadOnlySpan<byte> piece)
    {
        while (piece.IndexOf((byte)'\n') is var end and >= 0)
        {
            if (_rest.Count == 0)
            {
                row(piece[..end]);
            }
            else
            {
                _rest.AddRange(piece[..end]);
                row(CollectionsMarshal.AsSpan(_rest));
                _rest.Clear();
            }
            piece = piece[(end + 1)..];
        }
        _rest.AddRange(piece);
    }
}
