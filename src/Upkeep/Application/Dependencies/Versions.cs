using NuGet.Versioning;

namespace Upkeep.Application.Dependencies;

/// <summary>How far apart versions are.</summary>
internal static class Versions
{
    /// <returns>And how many major versions lie between.</returns>
    public static (Distance Behind, int Majors) Between(string current, string latest)
    {
        if (!NuGetVersion.TryParse(current, out var from) || !NuGetVersion.TryParse(latest, out var to))
            return (Distance.Unknown, 0);
        if (from >= to)
            return (Distance.None, 0);
        if (from.Major != to.Major)
            return (Distance.Major, to.Major - from.Major);
        // Below 1.0.0 the first number that isn't zero is what may break.
        if (from.Minor != to.Minor)
            return (from.Major == 0 ? Distance.Major : Distance.Minor, 0);
        return (from is { Major: 0, Minor: 0 } && from.Patch != to.Patch ? Distance.Major : Distance.Patch, 0);
    }

    public static OutdatedPackage Outdated(string name, string current, string latest, bool? direct, bool? pinned, DateTimeOffset? published = null)
    {
        var (behind, majors) = Between(current, latest);
        return new OutdatedPackage(name, current, latest, behind, direct, pinned, published) { Majors = majors };
    }

    /// <summary>Whether a range means one version and no other.</summary>
    public static bool IsExact(string range) => SemanticVersion.TryParse(range.TrimStart('=', 'v'), out _);
}
