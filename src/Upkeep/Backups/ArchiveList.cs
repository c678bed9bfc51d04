using System.Globalization;
using System.Text.RegularExpressions;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups;

/// <summary>The table of contents of an archive (custom, tar or directory format), as pg_restore lists it.</summary>
/// <param name="Database">The database it was made of, or null where it doesn't say.</param>
/// <param name="ServerVersion">Of the server it was made from, for example <c>15.18</c>; null where it doesn't say.</param>
/// <param name="Entries">Each line of the list, in its order.</param>
public sealed partial record ArchiveList(string? Database, string? ServerVersion, IReadOnlyList<ArchiveEntry> Entries)
{
    /// <summary>Extensions that it creates.</summary>
    public IReadOnlyList<string> Extensions => [.. Entries.Where(entry => entry.Line.StartsWith("EXTENSION - ", StringComparison.Ordinal)).Select(entry => entry.Line["EXTENSION - ".Length..].TrimEnd())];

    /// <summary>Reads the list.</summary>
    /// <param name="input">Writes the archive to pg_restore's standard input where it isn't a file that it can open itself.</param>
    public static async Task<(ArchiveList? List, Problem? Problem)> ReadAsync(ProgramDoor door, DumpPrograms programs, string source, Func<Stream, CancellationToken, Task>? input,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(door);
        ArgumentNullException.ThrowIfNull(programs);
        var call = new ProgramCall(programs.Restore, input is null ? ["--list", source] : ["--list"], new Dictionary<string, string?>()) { Input = input };
        var result = await door.RunAsync(call, cancellationToken);
        return result.ExitCode == 0 ? (Parse(result.Output), null) : (null, new Problem(result.Told("pg_restore"), "The backup is damaged, or made by a newer pg_dump. Take another."));
    }

    /// <param name="text">What <c>pg_restore --list</c> prints.</param>
    public static ArchiveList Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var entries = Entry().Matches(text).Select(match => new ArchiveEntry(int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture), match.Groups["line"].Value));
        return new ArchiveList(Of(DatabaseName().Match(text)), Of(Version().Match(text)), [.. entries]);
    }

    private static string? Of(Match match) => match.Success ? match.Groups[1].Value : null;

    [GeneratedRegex(@"^(?<id>\d+); \d+ \d+ (?<line>.*?)\r?$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex(@"^; +dbname: (.*?)\r?$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex DatabaseName();

    [GeneratedRegex(@"^; +Dumped from database version: ([\w.]+)", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Version();
}

/// <summary>One entry of an archive's list.</summary>
/// <param name="Id">The archive's own number for it.</param>
/// <param name="Line">Type, schema, name and owner, for example <c>TABLE DATA public events app</c>.</param>
public sealed record ArchiveEntry(int Id, string Line);
