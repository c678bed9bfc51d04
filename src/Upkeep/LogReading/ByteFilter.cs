using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Upkeep.LogReading;

/// <summary>
/// Finds where one of many short beginnings may stand, 64 places at a time: each of a few bytes in a row is looked up by its two
/// halves in a table that has a bit for each bucket of beginnings (Teddy, from Intel's Hyperscan). It may find too much, and misses nothing.
/// Words are looked at by four bytes, marks by three.
/// </summary>
internal sealed class ByteFilter
{
    /// <summary>How many places are looked at at once.</summary>
    public const int Step = 64;

    /// <summary>The bytes of a word that are looked at: so many less one must follow the last place.</summary>
    public const int WordPlaces = 4;

    private const int MarkPlaces = 3;
    private const int Halves = 16;

    // For each place four tables: the words' low and high halves, then those of the marks; each as often as the widest register takes it in.
    private readonly byte[] _tables = new byte[WordPlaces * 4 * Step];

    /// <summary>Adds a word in either case.</summary>
    /// <param name="bucket">0 to 7. Words that share one are also mixed with each other.</param>
    public void AddWord(int bucket, string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        for (var place = 0; place < WordPlaces; place++)
            Add(place * 4, bucket, place < word.Length ? $"{word[place]}{char.ToUpperInvariant(word[place])}" : "");
    }

    /// <summary>Adds marks: any of the first letters, followed by any of the second ones, and any of the third.</summary>
    /// <param name="bucket">0 to 7, others than the words'.</param>
    public void AddMark(int bucket, string first, string second, string third)
    {
        Add(2, bucket, first);
        Add(4 + 2, bucket, second);
        Add(8 + 2, bucket, third);
    }

    /// <summary>A bit for each of the <see cref="Step"/> places from a byte on that may begin what was added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hits(ref byte bytes)
    {
        ref var tables = ref MemoryMarshal.GetArrayDataReference(_tables);
        return Avx512BW.IsSupported ? Hits512(ref bytes, ref tables)
            : Avx2.IsSupported ? Hits256(ref bytes, ref tables) | (ulong)Hits256(ref Unsafe.Add(ref bytes, 32), ref tables) << 32
            : Hits128(ref bytes, ref tables) | (ulong)Hits128(ref Unsafe.Add(ref bytes, 16), ref tables) << 16
                | (ulong)Hits128(ref Unsafe.Add(ref bytes, 32), ref tables) << 32 | (ulong)Hits128(ref Unsafe.Add(ref bytes, 48), ref tables) << 48;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Hits512(ref byte bytes, ref byte tables)
    {
        var (nibble, words, marks) = (Vector512.Create((byte)0x0f), Vector512<byte>.AllBitsSet, Vector512<byte>.AllBitsSet);
        for (var place = 0; place < WordPlaces; place++)
        {
            var text = Vector512.LoadUnsafe(ref bytes, (nuint)place);
            var (low, high) = (text & nibble, (text.AsUInt16() >> 4).AsByte() & nibble);
            ref var table = ref Unsafe.Add(ref tables, place * 4 * Step);
            words &= Avx512BW.Shuffle(Vector512.LoadUnsafe(ref table), low) & Avx512BW.Shuffle(Vector512.LoadUnsafe(ref table, Step), high);
            if (place < MarkPlaces)
                marks &= Avx512BW.Shuffle(Vector512.LoadUnsafe(ref table, 2 * Step), low) & Avx512BW.Shuffle(Vector512.LoadUnsafe(ref table, 3 * Step), high);
        }
        return ~Vector512.Equals(words | marks, Vector512<byte>.Zero).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hits256(ref byte bytes, ref byte tables)
    {
        var (nibble, words, marks) = (Vector256.Create((byte)0x0f), Vector256<byte>.AllBitsSet, Vector256<byte>.AllBitsSet);
        for (var place = 0; place < WordPlaces; place++)
        {
            var text = Vector256.LoadUnsafe(ref bytes, (nuint)place);
            var (low, high) = (text & nibble, (text.AsUInt16() >> 4).AsByte() & nibble);
            ref var table = ref Unsafe.Add(ref tables, place * 4 * Step);
            words &= Avx2.Shuffle(Vector256.LoadUnsafe(ref table), low) & Avx2.Shuffle(Vector256.LoadUnsafe(ref table, Step), high);
            if (place < MarkPlaces)
                marks &= Avx2.Shuffle(Vector256.LoadUnsafe(ref table, 2 * Step), low) & Avx2.Shuffle(Vector256.LoadUnsafe(ref table, 3 * Step), high);
        }
        return ~Vector256.Equals(words | marks, Vector256<byte>.Zero).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hits128(ref byte bytes, ref byte tables)
    {
        var (nibble, words, marks) = (Vector128.Create((byte)0x0f), Vector128<byte>.AllBitsSet, Vector128<byte>.AllBitsSet);
        for (var place = 0; place < WordPlaces; place++)
        {
            var text = Vector128.LoadUnsafe(ref bytes, (nuint)place);
            var (low, high) = (text & nibble, (text.AsUInt16() >> 4).AsByte() & nibble);
            ref var table = ref Unsafe.Add(ref tables, place * 4 * Step);
            words &= Vector128.Shuffle(Vector128.LoadUnsafe(ref table), low) & Vector128.Shuffle(Vector128.LoadUnsafe(ref table, Step), high);
            if (place < MarkPlaces)
                marks &= Vector128.Shuffle(Vector128.LoadUnsafe(ref table, 2 * Step), low) & Vector128.Shuffle(Vector128.LoadUnsafe(ref table, 3 * Step), high);
        }
        return ~Vector128.Equals(words | marks, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xffff;
    }

    private void Add(int table, int bucket, string letters)
    {
        for (var half = 0; half < Step; half++)
        {
            if (letters.Length == 0 || letters.Any(letter => (letter & (Halves - 1)) == half % Halves))
                _tables[table * Step + half] |= (byte)(1 << bucket);
            if (letters.Length == 0 || letters.Any(letter => letter / Halves == half % Halves))
                _tables[(table + 1) * Step + half] |= (byte)(1 << bucket);
        }
    }
}
