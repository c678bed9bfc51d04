using System.Globalization;
using System.Text;
using Upkeep.LogReading;

namespace Upkeep.Logs.Rotation;

/// <summary>
/// The one line that a collapse leaves at the front of a log: what can't be cut off in whole blocks is overwritten with it. It bears the
/// rotation's id, so that after a crash its place tells whether the blocks before it are gone. Readers of JSON lines get an object.
/// </summary>
internal static class RotationMark
{
    private const string Plain = RotatedLine.Plain;
    private const string Json = RotatedLine.Json;
    private const int IdLength = 32;

    /// <summary>No mark is shorter.</summary>
    public static int Shortest { get; } = Text("", default, isJson: true).Length + IdLength + 1;

    /// <summary>Nor is one longer: a block of the file system that was not whole, and the shortest.</summary>
    public const int Longest = 1 << 17;

    /// <summary>A mark of exactly <paramref name="length"/> bytes, its line end among them.</summary>
    /// <param name="id">32 hexadecimal digits.</param>
    public static byte[] Make(string id, DateTimeOffset at, bool isJson, int length)
    {
        var text = Text(id, at, isJson);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, text.Length + 1);
        return Encoding.ASCII.GetBytes(text.PadRight(length - 1) + '\n');
    }

    /// <summary>The mark that <paramref name="start"/> begins with.</summary>
    /// <returns>Its id and its length with the line end; null where there is none, or its end is not among these bytes.</returns>
    public static (string Id, int Length)? Read(ReadOnlySpan<byte> start)
    {
        var end = start.IndexOf((byte)'\n');
        if (end < 0)
            return null;
        var line = Encoding.Latin1.GetString(start[..end]).TrimEnd(' ');
        var id = Parts(line, Plain, " id=", "") ?? Parts(line, Json, "\",\"id\":\"", "\"}");
        return id is null ? null : (id, end + 1);
    }

    private static string? Parts(string line, string begin, string middle, string last)
    {
        if (!line.StartsWith(begin, StringComparison.Ordinal) || !line.EndsWith(last, StringComparison.Ordinal))
            return null;
        var inner = line[begin.Length..^last.Length];
        var at = inner.IndexOf(middle, StringComparison.Ordinal);
        return at > 0 && DateTimeOffset.TryParseExact(inner[..at], "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)
            && inner[(at + middle.Length)..] is { Length: IdLength } id && id.All(char.IsAsciiHexDigitLower) ? id : null;
    }

    private static string Text(string id, DateTimeOffset at, bool isJson)
    {
        var instant = at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return isJson ? $"{Json}{instant}\",\"id\":\"{id}\"}}" : $"{Plain}{instant} id={id}";
    }
}
