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

    // A folder that is configured by a link is the folder that it leads to; links in it are not followed.
    private static string Real(string folder) => new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(folder);

    private static ArchiveFile? Of(string log, string folder, string name, string rest)
    {
        if ((Dated().Match(rest) is { Success: true } dated ? dated : Numbered().Match(rest)) is not { Success: true } match || FileFacts.Of(Path.Combine(folder, name)) is not { } facts)
            return null;
        var digits = match.Groups["day"].Value.Replace("-", "", StringComparison.Ordinal);
        var number = match.Groups["number"] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 1;
        var modified = DateOnly.FromDateTime(facts.Modified.UtcDateTime);
        if (digits.Length == 0)
            return new ArchiveFile(log, folder, name, modified, IsDatedByName: false, facts) { Number = -number };
        // 20261340 is no day, and so the file is something else.
        return DateOnly.TryParseExact(digits, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new ArchiveFile(log, folder, name, day, IsDatedByName: true, facts) { Number = number } : null;
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
