namespace Upkeep.Logs.Patterns;

/// <summary>
/// A hash over a message in which every word that holds a digit counts as the same word. Messages with the same hash have the same
/// <see cref="Shape"/>, so that only the first of them has to be taken apart. One look at each byte, nothing allocated.
/// </summary>
internal static class MessageBytes
{
    private const ulong Prime = 0x9E3779B97F4A7C15;
    private const ulong Value = 0xC2B2AE3D27D4EB4F;

    // 0 a letter or anything else inside a word, 1 a digit, 2 white space, 3 a mark.
    private static readonly byte[] _classes = Classes();
    private static readonly byte[] _classesOfRequests = [.. _classes[..'/'], 3, .. _classes[('/' + 1)..]];

    public static ulong Hash(ReadOnlySpan<byte> message)
    {
        var hash = Prime;
        var (word, digit, length) = (0UL, false, 0);
        ref var classes = ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(IsRequest(message) ? _classesOfRequests : _classes);
        for (var at = 0; at < message.Length; at++)
        {
            var letter = message[at];
            var kind = System.Runtime.CompilerServices.Unsafe.Add(ref classes, letter);
            if (kind <= 1 && !(letter == '.' && IsDotRun(message, at)))
            {
                word = (word ^ letter) * Prime;
                digit |= kind == 1;
                length++;
                continue;
            }
            if (length > 0)
            {
                hash = Mix(hash, word, digit, message, at);
                (word, digit, length) = (0, false, 0);
            }
            if (kind == 2)
            {
                while (at + 1 < message.Length && System.Runtime.CompilerServices.Unsafe.Add(ref classes, message[at + 1]) == 2)
                    at++;
                letter = (byte)' ';
            }
            else if (letter == '.')
            {
                while (at + 1 < message.Length && message[at + 1] == '.')
                    at++;
            }
            hash = (hash ^ letter) * Prime;
        }
        return length > 0 ? Mix(hash, word, digit, message, message.Length) : hash;
    }

    public static bool IsMark(char letter) => letter < 128 && _classes[letter] == 3;

    /// <summary>Whether a message begins with a method and a path of HTTP: those consist of parts, some of which are constant.</summary>
    public static bool IsRequest(ReadOnlySpan<byte> message)
    {
        if (message.Length < 6 || message[0] is not ((byte)'G' or (byte)'P' or (byte)'D' or (byte)'H' or (byte)'O'))
            return false;
        var space = message[..Math.Min(9, message.Length)].IndexOf(" /"u8);
        return space > 2 && message[..space] is var method
            && (method.SequenceEqual("GET"u8) || method.SequenceEqual("POST"u8) || method.SequenceEqual("PUT"u8) || method.SequenceEqual("DELETE"u8) || method.SequenceEqual("PATCH"u8) || method.SequenceEqual("HEAD"u8) || method.SequenceEqual("OPTIONS"u8));
    }

    // The full stop after a value is no part of it.
    private static ulong Mix(ulong hash, ulong word, bool digit, ReadOnlySpan<byte> message, int end) =>
        System.Numerics.BitOperations.RotateLeft(hash ^ (digit ? Value + (message[end - 1] is (byte)'.' or (byte)'!' or (byte)'?' ? message[end - 1] : 0UL) : word), 29) * Prime;

    // Part of a run of dots: those separate, as in "enable......0".
    private static bool IsDotRun(ReadOnlySpan<byte> message, int at) =>
        (at + 1 < message.Length && message[at + 1] == '.') || (at > 0 && message[at - 1] == '.');

    private static byte[] Classes()
    {
        var classes = new byte[256];
        for (var digit = '0'; digit <= '9'; digit++)
            classes[digit] = 1;
        foreach (var space in " \t\r\n\v\f\0")
            classes[space] = 2;
        foreach (var mark in "=:,;()[]{}\"'|<>")
            classes[mark] = 3;
        return classes;
    }
}
