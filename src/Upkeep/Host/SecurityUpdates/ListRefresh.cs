using System.Text.RegularExpressions;
using Upkeep.Running;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>How current apt's lists are.</summary>
/// <param name="At">When they were last fetched; null where there are none.</param>
/// <param name="Failed">The sources that could not be fetched, with why; what is known of them is from earlier.</param>
/// <param name="NotRefreshed">Why they were not fetched now; null where they were.</param>
public sealed record ListState(DateTimeOffset? At, IReadOnlyList<string> Failed, string? NotRefreshed);

/// <summary>Fetches the archives' lists, and takes nothing for fetched that wasn't.</summary>
internal static partial class ListRefresh
{
    private const int MostTold = 6;

    // By default apt ends well where a source was not to be had; older ones that don't know this option tell it in words.
    public static IReadOnlyList<string> Update { get; } = ["apt-get", "update", "-q", "-o", "APT::Update::Error-Mode=any"];

    public static async Task<ListState> RefreshAsync(PackageTools tools, AptLayout layout, CancellationToken cancellationToken)
    {
        var said = await tools.ChangeAsync(Update, cancellationToken);
        var failed = Failures().Matches(said.Error).Select(match => match.Groups[1].Value.Trim())
            .Where(line => !line.StartsWith("Some index files failed", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Take(MostTold).ToList();
        if (said.ExitCode != 0 && failed.Count == 0)
            failed.Add(said.Told("apt-get update"));
        return new ListState(failed.Count == 0 ? tools.Time.GetUtcNow() : LastFetched(layout), failed, null);
    }

    /// <summary>When the lists were last fetched, as far as files tell: where all were as before, that leaves no trace on some systems.</summary>
    public static DateTimeOffset? LastFetched(AptLayout layout)
    {
        if (!Directory.Exists(layout.Lists) || !Directory.EnumerateFiles(layout.Lists, "*_Packages*").Any())
            return null;
        var stamp = layout.InRoot("var/lib/apt/periodic/update-success-stamp");
        var lists = new DateTimeOffset(Directory.GetLastWriteTimeUtc(layout.Lists), TimeSpan.Zero);
        var stamped = File.Exists(stamp) ? new DateTimeOffset(File.GetLastWriteTimeUtc(stamp), TimeSpan.Zero) : lists;
        return stamped > lists ? stamped : lists;
    }

    // Errors all, and of the warnings those that mean a source was not taken in.
    [GeneratedRegex(@"^(?:E: |W: (?=Failed to fetch|Some index|GPG error|An error occurred|The repository))(.*)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Failures();
}
