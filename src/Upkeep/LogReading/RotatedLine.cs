using System.Text;

namespace Upkeep.LogReading;

/// <summary>How the line begins that Upkeep's rotation leaves at the front of a log: it is nobody's message.</summary>
internal static class RotatedLine
{
    public const string Plain = "# upkeep: the lines before this one were rotated at ";
    public const string Json = "{\"upkeep\":\"the lines before this one were rotated\",\"at\":\"";

    private static readonly byte[] _plain = Encoding.ASCII.GetBytes(Plain);
    private static readonly byte[] _json = Encoding.ASCII.GetBytes(Json);

    public static bool Is(ReadOnlySpan<byte> line) => line.StartsWith(_plain) || line.StartsWith(_json);

    public static bool Is(string line) => line.StartsWith(Plain, StringComparison.Ordinal) || line.StartsWith(Json, StringComparison.Ordinal);
}
