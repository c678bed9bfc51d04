using System.Buffers;
using System.Collections.Frozen;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Upkeep.LogReading;

/// <summary>
/// Finds the next place in whole lines that may name a level that counts, many bytes at a time, so that lines
/// without one need not be taken apart. It may find too much and never passes over a level that the reading of lines would see: it knows
/// the words, single letters, syslog's and JSON's numbers, and the classes of web answers.
/// </summary>
internal sealed class LevelSearch
{
    private const int LongestWord = 12;
    private const string Delimiters = " \t\r\n|[]<>(){},:;\"";

    private static readonly SearchValues<byte> _delimiters = SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(Delimiters));

    private readonly LogLevel _least;
    private readonly string _letters;
    private readonly string _answers;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _whole;
    private readonly ByteFilter _filter = new();

    /// <param name="format">How the lines will be read.</param>
    /// <param name="least">The least level that counts: warning, error or critical.</param>
    public LevelSearch(LogFormat format, LogLevel least)
    {
        // An exception that follows a warning belongs to it: where errors are wanted, warnings are stopped at, too.
        _least = least == LogLevel.Error ? LogLevel.Warning : least;
        string[] words = [.. LevelWords.From(_least), .. _least <= LogLevel.Error ? Failures.Beginnings : []];
        _whole = words.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var word in words.Concat(_least <= LogLevel.Error ? Failures.Phrases : []))
            _filter.AddWord(Bucket(word), word);
        // A log of any format may hold lines of another one.
        _letters = _least switch { LogLevel.Warning => "WEFA", LogLevel.Error => "EFA", _ => "FA" };
        _answers = format != LogFormat.Access ? "" : least switch { LogLevel.Warning => "456789", LogLevel.Error => "56789", _ => "" };
        _filter.AddMark(0, Delimiters, _letters, Delimiters);
        _filter.AddMark(1, "\n", _letters, "0123456789");
        _filter.AddMark(2, "\n", "<", "0123456789");
        _filter.AddMark(3, "\"", ":", "0123456789 \t");
        _filter.AddMark(4, "\"", " \t", ":");
        _filter.AddMark(5, "\"", " ", _answers.Length > 0 ? _answers : ":");
    }

    /// <summary>Whether there is a search for this format; the others are read line by line.</summary>
    public static bool Knows(LogFormat format, LogLevel least) => format != LogFormat.JournalExport && least >= LogLevel.Warning;

    /// <param name="text">Whole lines, and the line end before the first of them.</param>
    /// <returns>Where a level may stand, or -1.</returns>
    public int Find(ReadOnlySpan<byte> text)
    {
        ref var bytes = ref MemoryMarshal.GetReference(text);
        var at = 0;
        for (; at + ByteFilter.Step + ByteFilter.WordPlaces <= text.Length; at += ByteFilter.Step)
        {
            if (First(text, at, ref Unsafe.Add(ref bytes, at)) is >= 0 and var found)
                return found;
        }
        // What is left, with room behind it. Nothing begins with the zeros there.
        Span<byte> end = stackalloc byte[2 * ByteFilter.Step + ByteFilter.WordPlaces];
        end.Clear();
        text[at..].CopyTo(end);
        for (var rest = 0; at + rest < text.Length; rest += ByteFilter.Step)
        {
            if (First(text, at + rest, ref end[rest]) is >= 0 and var found)
                return found;
        }
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int First(ReadOnlySpan<byte> text, int at, ref byte bytes)
    {
        for (var hits = _filter.Hits(ref bytes); hits != 0; hits &= hits - 1)
        {
            if (IsLevel(text, at + BitOperations.TrailingZeroCount(hits)))
                return at + BitOperations.TrailingZeroCount(hits);
        }
        return -1;
    }

    private bool IsLevel(ReadOnlySpan<byte> text, int at)
    {
        if (at + 2 >= text.Length)
            return false;
        var (first, second, third) = (text[at], text[at + 1], text[at + 2]);
        if (char.IsAsciiLetter((char)first))
            return IsWord(text, at);
        if (_letters.Contains((char)second, StringComparison.Ordinal) && IsLetter(first, third))
            return true;
        return first switch
        {
            (byte)'\n' => second == '<' && IsPriority(text[(at + 2)..]),
            (byte)'"' when second == ':' => IsNumber(text, at),
            (byte)'"' => second is (byte)' ' or (byte)'\t' && (third == ':' || _answers.Contains((char)third, StringComparison.Ordinal)),
            _ => false,
        };
    }

    private bool IsWord(ReadOnlySpan<byte> text, int at)
    {
        // A colour ends with an m right before the word.
        if (at > 0 && char.IsAsciiLetterOrDigit((char)text[at - 1]) && text[at - 1] != 'm')
            // The name of an exception's type: IllegalStateException.
            return text[at] == 'E' && _least <= LogLevel.Error && (text[at..].StartsWith("Error"u8) || text[at..].StartsWith("Exception"u8));
        Span<char> word = stackalloc char[LongestWord];
        var length = 0;
        while (at + length < text.Length && length < LongestWord && char.IsAsciiLetter((char)text[at + length]))
            word[length] = (char)text[at + length++];
        return length < LongestWord && (_whole.Contains(word[..length]) || IsTypeName(word[..length]) || _least <= LogLevel.Error && Failures.IsPhrase(text[at..]));
    }

    // Error and Exception begin the name of a type, too.
    private bool IsTypeName(ReadOnlySpan<char> word) => _least <= LogLevel.Error && (word.StartsWith("Error", StringComparison.Ordinal) || word.StartsWith("Exception", StringComparison.Ordinal));

    // A letter alone (Android), or at the beginning of a line with digits after it (klog).
    private static bool IsLetter(byte before, byte after) => char.IsAsciiDigit((char)after) ? before == '\n' : _delimiters.Contains(before) && _delimiters.Contains(after);

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

    // Few that look alike in each. Words of three letters let any byte follow, and keep to themselves.
    private static int Bucket(string word) => word.Length < ByteFilter.WordPlaces ? 2 : word.Contains(' ', StringComparison.Ordinal) ? 1 : word[0] == 'u' ? 0 : word[0] & 7;
}
