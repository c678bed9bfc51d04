using System.Text;
using System.Text.RegularExpressions;

namespace Upkeep.Backups.Foreign;

/// <summary>The comment that pg_dump writes above each thing in a plain dump.</summary>
/// <param name="Type">For example <c>TABLE DATA</c>.</param>
internal sealed partial record DumpEntry(string Name, string Type, string Schema)
{
    // Databases are made by us. Owners and grants need roles and rights that a scratch server doesn't give. The others reach other
    // servers, need a superuser, or run by themselves.
    private static readonly string[] _leftOut =
    [
        "DATABASE", "DATABASE PROPERTIES", "ACL", "DEFAULT ACL", "EXTENSION", "EVENT TRIGGER", "PUBLICATION", "PUBLICATION TABLE", "PUBLICATION TABLES IN SCHEMA",
        "SUBSCRIPTION", "SUBSCRIPTION TABLE", "FOREIGN DATA WRAPPER", "SERVER", "USER MAPPING", "FOREIGN TABLE", "SECURITY LABEL", "TABLESPACE",
    ];

    // What is left out and nobody misses in a proof of rows.
    private static readonly string[] _untold = ["DATABASE", "DATABASE PROPERTIES", "ACL", "DEFAULT ACL", "EXTENSION", "TABLESPACE"];

    /// <summary>Whether it isn't restored on a scratch server.</summary>
    public bool IsLeftOut => _leftOut.Contains(Type) || IsCommentOnLeftOut(Type, Name);

    /// <summary>Whether leaving it out is worth a word.</summary>
    public bool IsMissed => IsLeftOut && Type != "COMMENT" && !_untold.Contains(Type);

    /// <summary>Whether an archive's list names something that isn't restored on a scratch server.</summary>
    public static bool LeavesOut(ArchiveEntry entry) =>
        _leftOut.Any(type => entry.Line.StartsWith(type + " ", StringComparison.Ordinal))
        || (entry.Line.StartsWith("COMMENT - ", StringComparison.Ordinal) && IsCommentOnLeftOut("COMMENT", entry.Line["COMMENT - ".Length..]));

    /// <summary>Reads the comment's middle line; null where it is another.</summary>
    public static DumpEntry? Of(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("-- "u8) || line.IndexOf("; Type: "u8) < 0)
            return null;
        return Header().Match(Encoding.UTF8.GetString(line)) is { Success: true } match
            ? new DumpEntry(match.Groups["name"].Value, match.Groups["type"].Value, match.Groups["schema"].Value)
            : null;
    }

    private static bool IsCommentOnLeftOut(string type, string name) =>
        type == "COMMENT" && _leftOut.Any(left => name.StartsWith(left + " ", StringComparison.Ordinal));

    [GeneratedRegex("^-- (Data for )?Name: (?<name>.*); Type: (?<type>[A-Z ]+); Schema: (?<schema>.*); Owner: .*$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Header();
}
