using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Upkeep.LogReading;

/// <summary>
/// Finds the next place in whole lines that may name a level that counts, many bytes at a time, so that lines
/// without one need not be taken apart. It may find too much and never passes over a level that the reading of lines would see: it knows
/// the words, single letters, syslog's and JSON's numbers, and the classes of web answers.
/// </summary>
internal sealed class LevelSearch
{
    // Three bytes in a row are looked up at once, each by its two halves; a bit for each bucket of beginnings (Teddy, from Intel's Hyperscan).
    private const int Places = 3;
    private const int Step = 64;
    private const int WordBuckets = 6;
    private const int Letters = 1 << 6;
    private const int Special = 1 << 7;
    // That of "panic", whose letters let no 2, 3 or 4 through: with the other numbers the search would stop at every answer.
    private const int Quotes = 1 << ('p' % WordBuckets);
    private const int LongestWord = 12;
    private const string Delimiters = " \t\r\n|[]<>(){},:;\"";

    private readonly LogLevel _least;
    private readonly LogFormat _format;
    private readonly byte[] _low = new byte[Places * 16];
    private readonly byte[] _high = new byte[Places * 16];

    /// <param name="format">How the lines will be read.</param>
    /// <param name="least">The least level that counts: warning, error or critical.</param>
    public LevelSearch(LogFormat format, LogLevel least)
    {
        // An exception that follows a warning belongs to it: where errors are wanted, warnings are stopped at, too.
        (_format, _least) = (format, least == LogLevel.Error ? LogLevel.Warning : least);
        if (format == LogFormat.Access)
            Add(Quotes, "\"", " ", least switch { LogLevel.Warning => "456789", LogLevel.Error => "56789", _ => "" });
        if (least <= LogLevel.Error)
        {
            foreach (var word in Failures.Beginnings)
                Add(1 << (word[0] % WordBuckets), Both(word[0]), Both(word[1]), Both(word[2]));
        }
        foreach (var word in LevelWords.From(_least))
            Add(1 << (word[0] % WordBuckets), Both(word[0]), Both(word[1]), Both(word[2]));
        // A log of any format may hold lines of another one.
        Add(Letters, Delimiters, _least switch { LogLevel.Warning => "WEFA", LogLevel.Error => "EFA", _ => "FA" }, Delimiters + "0123456789");
        Add(Special, "\n", "<", "0123456789");
        Add(Special, "\"", ":", "0123456789 \t");
        Add(Quotes, "\"", " \t", ":");
    }

    /// <summary>Whether there is a search for this format; the others are read line by line.</summary>
    public static bool Knows(LogFormat format, LogLevel least) => format != LogFormat.JournalExport && least >= LogLevel.Warning;

    /// <param name="text">Whole lines, and the line end before the first of them.</param>
    /// <returns>Where a level may stand, or -1.</returns>
    public int Find(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length)
        {
            var found = Candidate(text, at);
            if (found < 0)
                return -1;
            if (IsLevel(text, found))
                return found;
            at = found + 1;
        }
        return -1;
    }

    private int Candidate(ReadOnlySpan<byte> text, int from)
    {
        ref var bytes = ref MemoryMarshal.GetReference(text);
        var at = from;
        if (Avx512BW.IsSupported)
        {
            var (low0, high0, low1, high1, low2, high2) = (Table(_low, 0), Table(_high, 0), Table(_low, 1), Table(_high, 1), Table(_low, 2), Table(_high, 2));
            var nibble = Vector512.Create((byte)0x0f);
            for (; at + Step + Places <= text.Length; at += Step)
            {
                var (one, two, three) = (Vector512.LoadUnsafe(ref bytes, (nuint)at), Vector512.LoadUnsafe(ref bytes, (nuint)at + 1), Vector512.LoadUnsafe(ref bytes, (nuint)at + 2));
                var hits = Avx512BW.Shuffle(low0, one & nibble) & Avx512BW.Shuffle(high0, (one.AsUInt16() >> 4).AsByte() & nibble)
                    & Avx512BW.Shuffle(low1, two & nibble) & Avx512BW.Shuffle(high1, (two.AsUInt16() >> 4).AsByte() & nibble)
                    & Avx512BW.Shuffle(low2, three & nibble) & Avx512BW.Shuffle(high2, (three.AsUInt16() >> 4).AsByte() & nibble);
                if (hits != Vector512<byte>.Zero)
                    return at + BitOperations.TrailingZeroCount(~Vector512.Equals(hits, Vector512<byte>.Zero).ExtractMostSignificantBits());
            }
        }
        else if (Avx2.IsSupported)
        {
            var (low0, high0, low1, high1, low2, high2) = (Half(_low, 0), Half(_high, 0), Half(_low, 1), Half(_high, 1), Half(_low, 2), Half(_high, 2));
            var nibble = Vector256.Create((byte)0x0f);
            for (; at + Step / 2 + Places <= text.Length; at += Step / 2)
            {
                var (one, two, three) = (Vector256.LoadUnsafe(ref bytes, (nuint)at), Vector256.LoadUnsafe(ref bytes, (nuint)at + 1), Vector256.LoadUnsafe(ref bytes, (nuint)at + 2));
                var hits = Avx2.Shuffle(low0, one & nibble) & Avx2.Shuffle(high0, (one.AsUInt16() >> 4).AsByte() & nibble)
                    & Avx2.Shuffle(low1, two & nibble) & Avx2.Shuffle(high1, (two.AsUInt16() >> 4).AsByte() & nibble)
                    & Avx2.Shuffle(low2, three & nibble) & Avx2.Shuffle(high2, (three.AsUInt16() >> 4).AsByte() & nibble);
                if (hits != Vector256<byte>.Zero)
                    return at + BitOperations.TrailingZeroCount(~Vector256.Equals(hits, Vector256<byte>.Zero).ExtractMostSignificantBits());
            }
        }
        for (; at + Places <= text.Length; at++)
        {
            if (Buckets(text, at) != 0)
                return at;
        }
        return -1;
    }

    private static Vector512<byte> Table(byte[] table, int place) => Vector512.Create(Half(table, place));

    private static Vector256<byte> Half(byte[] table, int place) => Vector256.Create(Vector128.Create(table.AsSpan(place * 16, 16)));

    private int Buckets(ReadOnlySpan<byte> text, int at)
    {
        var buckets = 0xff;
        for (var place = 0; place < Places; place++)
            buckets &= _low[place * 16 + (text[at + place] & 15)] & _high[place * 16 + (text[at + place] >> 4)];
        return buckets;
    }

    private bool IsLevel(ReadOnlySpan<byte> text, int at)
    {
        var buckets = Buckets(text, at);
        if ((buckets & ~(Letters | Special)) != 0 && IsWord(text, at))
            return true;
        // The halves of bytes let some others through, too.
        if (_format == LogFormat.Access && text[at] == '"' && text[at + 1] == ' ' && text[at + 2] is >= (byte)'4' and <= (byte)'9')
            return true;
        return (buckets & Letters) != 0 && IsLetter(text, at)
            || text[at] == '\n' && text[at + 1] == '<' && IsPriority(text[(at + 2)..])
            || text[at] == '"' && (text[at + 1] == ':' ? IsNumber(text, at) : text[at + 1] is (byte)' ' or (byte)'\t' && text[at + 2] == ':');
    }

    private bool IsWord(ReadOnlySpan<byte> text, int at)
    {
        // The name of an exception's type: IllegalStateException.
        if (_least <= LogLevel.Error && text[at] == 'E' && (text[at..].StartsWith("Error"u8) || text[at..].StartsWith("Exception"u8)))
            return true;
        // A colour ends with an m right before the word.
        if (at > 0 && char.IsAsciiLetterOrDigit((char)text[at - 1]) && text[at - 1] != 'm')
            return false;
        Span<char> word = stackalloc char[LongestWord];
        var length = 0;
        while (at + length < text.Length && length < LongestWord && char.IsAsciiLetter((char)text[at + length]))
            word[length] = (char)text[at + length++];
        return length < LongestWord && (LevelWords.Of(word[..length]) >= _least || _least <= LogLevel.Error && Failures.MayBegin(word[..length]));
    }

    // A letter alone (Android), or at the beginning of a line with digits after it (klog).
    private static bool IsLetter(ReadOnlySpan<byte> text, int at) =>
        Delimiters.Contains((char)text[at], StringComparison.Ordinal) && char.IsAsciiLetterUpper((char)text[at + 1])
        && (char.IsAsciiDigit((char)text[at + 2]) ? text[at] == '\n' : Delimiters.Contains((char)text[at + 2], StringComparison.Ordinal));

    private bool IsPriority(ReadOnlySpan<byte> text) =>
        !System.Buffers.Text.Utf8Parser.TryParse(text, out int priority, out _) || LevelWords.Of((double)(priority % 8)) >= _least;

    // Only the number of a key that means a level.
    private bool IsNumber(ReadOnlySpan<byte> text, int at)
    {
        var number = text[(at + 2)..].TrimStart(" \t"u8);
        if (number.IsEmpty || !char.IsAsciiDigit((char)number[0]) || !IsLevelKey(text[..at]))
            return false;
        return !System.Buffers.Text.Utf8Parser.TryParse(number, out int level, out var length) || length < number.Length && number[length] is (byte)'e' or (byte)'E' || LevelWords.Of((double)level) >= _least;
    }

    private static bool IsLevelKey(ReadOnlySpan<byte> before)
    {
        foreach (var key in JsonLines.LevelKeys)
        {
            var at = before.Length - key.Length;
            if (at > 0 && before[at - 1] == '"' && System.Text.Ascii.EqualsIgnoreCase(before[at..], key))
                return true;
        }
        return false;
    }

    private static string Both(char letter) => $"{letter}{char.ToUpperInvariant(letter)}";

    private void Add(int bucket, params ReadOnlySpan<string> places)
    {
        for (var place = 0; place < Places; place++)
        {
            foreach (var letter in places[place])
            {
                _low[place * 16 + (letter & 15)] |= (byte)bucket;
                _high[place * 16 + (letter >> 4)] |= (byte)bucket;
            }
        }
    }
}
