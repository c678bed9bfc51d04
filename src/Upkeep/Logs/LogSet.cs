using System.Text.RegularExpressions;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Logs.Rotation;

namespace Upkeep.Logs;

/// <summary>The logs that settings name, their patterns resolved.</summary>
public static partial class LogSet
{
    // As a shell takes * and ?, and not as DOS did; hidden files are left out below.
    private static readonly EnumerationOptions _everything = new() { MatchType = MatchType.Simple, AttributesToSkip = FileAttributes.None };

    /// <summary>Each log once, in the order of the settings; of two entries that name one log the first counts. A log that is named without a pattern is among them whether it is there or not.</summary>
    public static IReadOnlyList<ConfiguredLog> Of(LogSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        IReadOnlyList<ConfiguredLog> logs =
        [
            .. settings.Files.SelectMany(entry => Paths(entry.Path).Select(path => new ConfiguredLog(entry, new RotationRequest(path, settings.Archives ?? Path.GetDirectoryName(path)!)
            {
                Compression = settings.Compression,
                Way = entry.Way,
                Reopen = entry.Reopen,
                MinSize = entry.MinSize,
                MaxAge = entry.MaxAge,
            }))).DistinctBy(log => log.Request.Path),
        ];
        // Patterns may bring together what no validation could see.
        var first = logs.GroupBy(log => (log.Request.Folder, Path.GetFileName(log.Request.Path))).ToDictionary(group => group.Key, group => group.First().Request.Path);
        return [.. logs.Select(log => first[(log.Request.Folder, Path.GetFileName(log.Request.Path))] is var other && other == log.Request.Path ? log : log with { Request = log.Request with { Namesake = other } })];
    }

    /// <summary>The patterns that no file matches.</summary>
    public static IReadOnlyList<string> Unmatched(LogSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [.. settings.Files.Select(entry => entry.Path).Where(path => IsPattern(path) && Paths(path).Count == 0)];
    }

    /// <summary>Each log with the folders that its archives may be in: the configured one, and its own, where others leave theirs.</summary>
    public static IReadOnlyList<(string Log, IReadOnlyList<string> Folders)> WithFolders(LogSettings settings) =>
        [.. Of(settings).Select(log => (log.Request.Path, (IReadOnlyList<string>)[.. new[] { log.Request.Folder, Path.GetDirectoryName(log.Request.Path)! }.Distinct(StringComparer.Ordinal)]))];

    private static bool IsPattern(string path) => Path.GetFileName(path).AsSpan().IndexOfAny('*', '?') >= 0;

    // Links and archives match most patterns, too, and are no logs.
    private static IReadOnlyList<string> Paths(string path)
    {
        if (!IsPattern(path))
            return [path];
        var folder = Path.GetDirectoryName(path)!;
        return !Directory.Exists(folder) ? [] :
        [
            .. Directory.EnumerateFiles(folder, Path.GetFileName(path), _everything)
                .Where(file => !Path.GetFileName(file).StartsWith('.') && !Archived().IsMatch(file) && !ArchiveFiles.IsNamedAsArchive(Path.GetFileName(file)) && FileFacts.Of(file) is { IsRegular: true }).Order(StringComparer.Ordinal),
        ];
    }

    [GeneratedRegex(@"\.(gz|zst|xz|bz2|zip|rotating|part)$", RegexOptions.CultureInvariant)]
    private static partial Regex Archived();
}

/// <summary>A log and what the configuration says of it.</summary>
public sealed record ConfiguredLog(LogFileSettings Settings, RotationRequest Request);
