using System.Buffers;
using System.Text;

namespace Upkeep.LogReading;

/// <summary>What tells of a failure in lines that name no level: plain words, and how an uncaught exception begins.</summary>
internal static class Failures
{
    private static readonly string[] _words = ["error", "fail", "failed", "failure", "fatal", "panic", "exception", "segfault", "traceback"];
    private static readonly string[] _phrases = ["out of memory", "core dumped"];
    // "no error", "0 failed": the opposite.
    private static readonly string[] _denials = ["no", "not", "without", "zero", "0"];
    private static readonly SearchValues<string> _any = SearchValues.Create([.. _words.Where(word => word is not "failed" and not "failure"), .. _phrases], StringComparison.OrdinalIgnoreCase);

    /// <summary>Words that the search for levels has to stop at, in small letters.</summary>
    public static IReadOnlyList<string> Beginnings { get; } = [.. _words, "unhandled", "uncaught"];

    /// <summary>Several words in a row that it has to stop at, too.</summary>
    public static IReadOnlyList<string> Phrases => _phrases;

    /// <summary>Whether a text begins with one of <see cref="Phrases"/>.</summary>
    public static bool IsPhrase(ReadOnlySpan<byte> text)
    {
        foreach (var phrase in _phrases)
        {
            if (text.Length >= phrase.Length && Ascii.EqualsIgnoreCase(text[..phrase.Length], phrase))
                return true;
        }
        return false;
    }

    /// <summary>Whether a text names a failure: one of the words, whole and not denied.</summary>
    public static bool IsTold(ReadOnlySpan<char> text)
    {
        for (var at = 0; at < text.Length;)
        {
            var found = text[at..].IndexOfAny(_any);
            if (found < 0)
                return false;
            at += found;
            if (IsWhole(text, at) && !IsDenied(text[..at]))
                return true;
            at++;
        }
        return false;
    }

    /// <summary>Whether an uncaught exception begins here, in Python, Node, Java, Go or .NET, or a kernel's line of a crash.</summary>
    public static bool IsCrash(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("Traceback (most recent call last)"u8) || line.StartsWith("Exception in thread "u8) || line.StartsWith("Unhandled exception"u8) || line.StartsWith("Unhandled Exception"u8)
            || line.StartsWith("panic: "u8) || line.StartsWith("fatal error: "u8) || line.StartsWith("Uncaught "u8))
            return true;
        // TypeError: …, java.lang.IllegalStateException: …
        var colon = line[..Math.Min(line.Length, 200)].IndexOf((byte)':');
        return colon > 0 && line[..colon] is var name && (name.EndsWith("Error"u8) || name.EndsWith("Exception"u8)) && IsTypeName(name);
    }

    private static bool IsTypeName(ReadOnlySpan<byte> name)
    {
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter is not ((byte)'.' or (byte)'_' or (byte)'$'))
                return false;
        }
        return true;
    }

    private static bool IsWhole(ReadOnlySpan<char> text, int at)
    {
        if (at > 0 && IsPartOfWord(text[at - 1]))
            return false;
        foreach (var phrase in _phrases)
        {
            if (text[at..].StartsWith(phrase, StringComparison.OrdinalIgnoreCase))
                return at + phrase.Length == text.Length || !IsPartOfWord(text[at + phrase.Length]);
        }
        var length = 0;
        while (at + length < text.Length && IsPartOfWord(text[at + length]))
            length++;
        // error=0, failed: 0
        var rest = text[(at + length)..];
        var isNone = rest.StartsWith("=0", StringComparison.Ordinal) || rest.StartsWith(": 0", StringComparison.Ordinal);
        return !isNone && IsWord(text.Slice(at, length));
    }

    private static bool IsWord(ReadOnlySpan<char> text)
    {
        foreach (var word in _words)
        {
            if (text.Equals(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static bool IsDenied(ReadOnlySpan<char> before)
    {
        before = before.TrimEnd(' ');
        var start = before.Length;
        while (start > 0 && char.IsAsciiLetterOrDigit(before[start - 1]))
            start--;
        foreach (var word in _denials)
        {
            if (before[start..].Equals(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static bool IsPartOfWord(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-';
}
