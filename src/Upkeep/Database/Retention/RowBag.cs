using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Upkeep.Database.Retention;

/// <summary>Rows by their digest, each as often as it occurs.</summary>
/// <param name="part">Which of <paramref name="parts"/> equal parts of all possible rows it holds; it knows none of the others.</param>
internal sealed class RowBag(uint part = 0, uint parts = 1)
{
    private readonly Dictionary<UInt128, int> _rows = [];

    public void Add(ReadOnlySpan<byte> row)
    {
        var digest = XxHash128.HashToUInt128(row);
        if (digest % parts == part)
            CollectionsMarshal.GetValueRefOrAddDefault(_rows, digest, out _)++;
    }

    /// <summary>Takes one such row out.</summary>
    /// <returns>False where none is in it.</returns>
    public bool Take(ReadOnlySpan<byte> row)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(_rows, XxHash128.HashToUInt128(row));
        if (Unsafe.IsNullRef(ref count) || count == 0)
            return false;
        count--;
        return true;
    }
}
