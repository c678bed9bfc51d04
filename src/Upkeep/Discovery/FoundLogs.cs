using Upkeep.Files;

namespace Upkeep.Discovery;

/// <summary>Logs that lie in one folder of this machine.</summary>
/// <param name="Pattern">What names them all.</param>
/// <param name="Bytes">What they take on the disk.</param>
public sealed record FoundLogs(string Pattern, int Files, long Bytes)
{
    // Besides the platform's own: those of what usually stands before and behind it.
    private static readonly string[] _neighbours = ["nginx", "apache2", "httpd", "postgresql"];

    private static readonly EnumerationOptions _plain = new() { MatchType = MatchType.Simple, IgnoreInaccessible = true };

    /// <summary>Looks where services leave their logs: in the folder of the platform's name, and those of web servers and PostgreSQL.</summary>
    /// <param name="root">Where the machine keeps its logs: <c>/var/log</c>.</param>
    /// <returns>Nothing of folders that aren't there or may not be read.</returns>
    public static IReadOnlyList<FoundLogs> Below(string root, string platform)
    {
        ArgumentNullException.ThrowIfNull(platform);
        // A database may be called ../../etc.
        var own = platform.Contains('/', StringComparison.Ordinal) || platform.StartsWith('.') ? [] : new[] { platform };
        return [.. own.Concat(_neighbours).Distinct(StringComparer.Ordinal).Select(folder => In(Path.Combine(root, folder))).OfType<FoundLogs>()];
    }

    private static FoundLogs? In(string folder)
    {
        try
        {
            var files = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.log", _plain).Select(FileFacts.Of).OfType<FileFacts>().Where(file => file.IsRegular).ToList() : [];
            return files.Count == 0 ? null : new FoundLogs(Path.Combine(folder, "*.log"), files.Count, files.Sum(file => file.Allocated));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A proposal says what it saw, and nobody asked for this folder.
            return null;
        }
    }
}
