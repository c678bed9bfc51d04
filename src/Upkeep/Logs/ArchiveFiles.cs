using System.Globalization;
using System.Text.RegularExpressions;
using Upkeep.Files;

namespace Upkeep.Logs;

/// <summary>Finds the archives of a log by their names: ours, logrotate's with a number or a date, and <c>app.log_20261122.gz</c>.</summary>
public static partial class ArchiveFiles
{
    /// <param name="folders">Where to look, absolute; each once.</param>
    /// <returns>Newest first.</returns>
    /// <exception cref="IOException">A folder can't be read.</exception>
    public static IReadOnlyList<ArchiveFile> Of(string log, IEnumerable<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        var name = Path.GetFileName(log);
        return
        [
            .. from folder in folders.Where(Directory.Exists).Select(Real).Distinct(StringComparer.Ordinal)
               from path in Directory.EnumerateFileSystemEntries(folder, name + "*")
               let file = Path.GetFileName(path)
               where file.StartsWith(name, StringComparison.Ordinal)
               let archive = Of(log, folder, file, file[name.Length..])
               where archive is not null
               orderby archive.Day descending, archive.Number descending, archive.Modified descending
               select archive,
        ];
    }

    /// <summary>Whether a name ends as that of an archive does, of whatever log.</summary>
    public static bool IsNamedAsArchive(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        for (var at = 1; at < name.Length; at++)
        {
            if (name[at] is '-' or '_' or '.' && DayOf(name[at..], out _, out _))
                return true;
        }
        return false;
    }

    // A folder that is configured by a link is the folder that it leads to; links in it are not followed.
    private static string Real(string folder) => new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(folder);

    private static ArchiveFile? Of(string log, string folder, string name, string rest)
    {
        if (!DayOf(rest, out var day, out var number) || FileFacts.Of(Path.Combine(folder, name)) is not { } facts)
            return null;
        return day is { } known ? new ArchiveFile(log, folder, name, known, IsDatedByName: true, facts) { Number = number }
            : new ArchiveFile(log, folder, name, DateOnly.FromDateTime(facts.Modified.UtcDateTime), IsDatedByName: false, facts) { Number = -number };
    }

    // Of what follows the log's name; no day where there is only a number.
    private static bool DayOf(string rest, out DateOnly? day, out int number)
    {
        (day, number) = (null, 1);
        if ((Dated().Match(rest) is { Success: true } dated ? dated : Numbered().Match(rest)) is not { Success: true } match)
            return false;
        if (match.Groups["number"] is { Success: true } group && !int.TryParse(group.ValueSpan, CultureInfo.InvariantCulture, out number))
            return false;
        var digits = match.Groups["day"].Value.Replace("-", "", StringComparison.Ordinal);
        if (digits.Length == 0)
            return true;
        // 20261340 is no day, and so the file is something else.
        var isDay = DateOnly.TryParseExact(digits, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var known);
        day = known;
        return isDay;
    }

    // A day with hyphens and no compression may be a log of that day that is still written.
    [GeneratedRegex(@"^([-_.](?<day>[0-9]{8})(-(?<number>[0-9]{1,10}))?(\.(gz|zst|xz|bz2))?|[-_.](?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(-(?<number>[0-9]{1,10}))?\.(gz|zst|xz|bz2))$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Dated();

    [GeneratedRegex(@"^\.(?<number>[0-9]{1,4})(\.(gz|zst|xz|bz2))?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();
}

/// <summary>A file that is an archive of a log by its name.</summary>
/// <param name="Folder">Its folder, no link in its last place.</param>
/// <param name="Day">The day that its name tells, else the one on which it was changed last.</param>
public sealed record ArchiveFile(string Log, string Folder, string Name, DateOnly Day, bool IsDatedByName, FileFacts Facts)
{
    /// <summary>Of several of a day the highest is the newest.</summary>
    public int Number { get; init; }

    public DateTimeOffset Modified => Facts.Modified;

    public string Path => System.IO.Path.Combine(Folder, Name);
}
