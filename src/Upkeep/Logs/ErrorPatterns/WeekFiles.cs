using System.Globalization;
using System.IO.Enumeration;
using NodaTime;
using Upkeep.Configuration;

namespace Upkeep.Logs.ErrorPatterns;

/// <summary>A log as it is configured, and the files that may hold lines of the week: the archives, oldest first, and the log itself.</summary>
internal sealed record WeekLog(string Log, IReadOnlyList<string> Files);

/// <summary>Finds the files that may hold lines of a week.</summary>
internal static class WeekFiles
{
    /// <param name="days">The days of the week, for a log of which each has its own.</param>
    public static IReadOnlyList<WeekLog> Find(LogSettings settings, IReadOnlyList<LocalDate> days, DateTimeOffset from)
    {
        var logs = new List<WeekLog>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var log in settings.Files.Select(file => file.Path))
            logs.Add(new WeekLog(log, [.. Matching(log).SelectMany(path => Archives(path, settings.Archives, from).Append(path)).Where(File.Exists).Where(seen.Add)]));
        if (settings.Application is not { } application)
            return logs;
        var daily = days.Select(day => application.Replace("{date}", day.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Where(File.Exists).ToList();
        // It may be one of those above.
        if (daily.Count == 0 || daily.Exists(path => !seen.Contains(path)))
            logs.Add(new WeekLog(application, [.. daily.Where(seen.Add)]));
        return logs;
    }

    private static IEnumerable<string> Matching(string log)
    {
        var (folder, name) = (Path.GetDirectoryName(log)!, Path.GetFileName(log));
        if (name.AsSpan().IndexOfAny('*', '?') < 0)
            return [log];
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Where(path => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(path), ignoreCase: false) && !ArchiveFiles.IsNamedAsArchive(Path.GetFileName(path))).Order(StringComparer.Ordinal)
            : [];
    }

    // An archive that was last written before the week holds none of its lines. Others leave theirs beside the log, whatever is configured.
    private static IEnumerable<string> Archives(string log, string? folder, DateTimeOffset from)
    {
        var own = Path.GetDirectoryName(log)!;
        return ArchiveFiles.Of(log, folder is null ? [own] : [folder, own]).Where(file => file.Facts.IsRegular && file.Modified >= from)
            .OrderBy(file => file.Modified).ThenBy(file => file.Name, StringComparer.Ordinal).Select(file => file.Path);
    }
}
