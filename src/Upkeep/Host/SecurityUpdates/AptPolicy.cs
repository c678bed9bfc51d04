using System.Text.RegularExpressions;
using Upkeep.Running;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>An archive, as its Release file names itself: o (origin), a (suite), n (codename), l (label), c (component), v (version), and the site.</summary>
public sealed record ArchiveRelease(IReadOnlyDictionary<string, string> Names)
{
    private static readonly string[] _telling = ["a", "n", "l"];

    /// <summary>For people: <c>Debian-Security:stable-security</c>.</summary>
    public string Told => $"{Names.GetValueOrDefault("l") ?? Names.GetValueOrDefault("o") ?? Names.GetValueOrDefault("site") ?? "?"}:{Names.GetValueOrDefault("a") ?? Names.GetValueOrDefault("n") ?? "?"}";

    /// <summary>Whether its own names say that it is for security: the suite or codename ends with <c>-security</c> (all of Debian's and Ubuntu's do), or the label does.</summary>
    public bool SaysSecurity => _telling.Any(key => Names.GetValueOrDefault(key)?.EndsWith("-security", StringComparison.OrdinalIgnoreCase) == true);
}

/// <summary>A version of a package, and the archives that have it now; none where only this machine does.</summary>
public sealed record OfferedVersion(string Version, IReadOnlyList<ArchiveRelease> Archives);

/// <summary>A package as apt sees it.</summary>
/// <param name="Candidate">The version that apt would take, preferences considered; null for none.</param>
/// <param name="Versions">The newest first: apt's own order.</param>
public sealed record OfferedPackage(string Name, string? Candidate, IReadOnlyList<OfferedVersion> Versions);

/// <summary>
/// Which versions the archives have, and what the archives call themselves: <c>apt-cache policy</c> (apt-cache(8)), for the sources first and then for
/// each package. It is the only output of apt that joins every version, not just the candidate, with all that the archive's Release file says; the
/// lines of <c>apt-get -s</c> have the label and suite of the candidate only, and <c>apt list</c> warns that it is no interface for programs.
/// The line of a source stands word for word in both answers, and that is what joins them.
/// </summary>
internal static partial class AptPolicy
{
    // A command line has room for far more, and a machine seldom has as many packages.
    private const int AtOnce = 2000;

    public static async Task<(IReadOnlyList<OfferedPackage>? Packages, Problem? Problem)> ReadAsync(PackageTools tools, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        // Side by side: each reads all of apt's cache.
        var asked = names.Chunk(AtOnce).Select(some => tools.AskAsync("apt-cache", ["policy", .. some], cancellationToken)).ToList();
        var sources = await tools.AskAsync("apt-cache", ["policy"], cancellationToken);
        var answers = await Task.WhenAll(asked);
        if (sources.ExitCode != 0)
            return (null, Unreadable(sources.Told("apt-cache")));
        var releases = Releases(sources.Output);
        var packages = new List<OfferedPackage>();
        foreach (var said in answers)
        {
            if (said.ExitCode != 0)
                return (null, Unreadable(said.Told("apt-cache")));
            packages.AddRange(Packages(said.Output, releases));
        }
        return packages.Count < names.Count
            ? (null, Unreadable($"it tells of {packages.Count} packages where {names.Count} are installed"))
            : (packages, null);
    }

    private static Problem Unreadable(string why) => new($"apt doesn't tell what its archives have: {why}", "Try: apt-cache policy bash. Where its lists are spoilt, as root: apt-get update");

    /// <summary>The sources by their line.</summary>
    public static IReadOnlyDictionary<string, ArchiveRelease> Releases(string policy)
    {
        var releases = new Dictionary<string, ArchiveRelease>(StringComparer.Ordinal);
        string? source = null;
        foreach (var line in policy.Split('\n'))
        {
            if (SourceLine().Match(line) is { Success: true } match)
                source = match.Groups[1].Value;
            else if (source is not null && line.TrimStart() is var detail && detail.StartsWith("release ", StringComparison.Ordinal))
                releases[source] = new ArchiveRelease(ReleaseName().Matches(detail["release ".Length..]).ToDictionary(name => name.Groups[1].Value, name => name.Groups[2].Value));
            else if (source is not null && line.TrimStart() is var site && site.StartsWith("origin ", StringComparison.Ordinal) && releases.TryGetValue(source, out var release))
                releases[source] = new ArchiveRelease(new Dictionary<string, string>(release.Names) { ["site"] = site["origin ".Length..].Trim() });
            else if (line.StartsWith("Pinned", StringComparison.Ordinal))
                break;
        }
        return releases;
    }

    public static IEnumerable<OfferedPackage> Packages(string policy, IReadOnlyDictionary<string, ArchiveRelease> releases)
    {
        string? name = null, candidate = null;
        var versions = new List<(string Version, List<ArchiveRelease> Archives)>();
        foreach (var line in policy.Split('\n').Append("end:"))
        {
            if (line.Length > 0 && line[0] != ' ' && line.EndsWith(':'))
            {
                if (name is not null)
                    yield return new OfferedPackage(name, candidate, [.. versions.Select(one => new OfferedVersion(one.Version, one.Archives))]);
                (name, candidate, versions) = (line[..^1], null, []);
            }
            else if (line.StartsWith("  Candidate: ", StringComparison.Ordinal))
                candidate = line["  Candidate: ".Length..].Trim() is { } found and not "(none)" ? found : null;
            else if (SourceLine().Match(line) is { Success: true } source && versions.Count > 0)
                versions[^1].Archives.AddRange(releases.TryGetValue(source.Groups[1].Value, out var release) && release.Names.GetValueOrDefault("a") != "now" ? [release] : []);
            else if (VersionLine().Match(line) is { Success: true } version)
                versions.Add((version.Groups[1].Value, []));
        }
    }

    // "        500 http://deb.debian.org/debian bookworm/main amd64 Packages"; the priority of a pinned version may differ, so it is no part of the key.
    [GeneratedRegex(@"^\s+-?\d+ (\S*[/:].*?)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex SourceLine();

    // " *** 1.0 500" or "     1.1 500", with the phase behind it where Ubuntu phases an update.
    [GeneratedRegex(@"^ (?:\*\*\*|   ) (\S+) -?\d+( \(.*\))?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex VersionLine();

    // A label may have commas: a name ends where the next begins.
    [GeneratedRegex(@"(?:^|,)([a-z]+)=(.*?)(?=,[a-z]+=|\s*$)", RegexOptions.CultureInvariant)]
    private static partial Regex ReleaseName();
}
