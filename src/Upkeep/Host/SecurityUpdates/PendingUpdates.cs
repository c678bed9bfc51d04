using System.IO.Enumeration;
using Upkeep.Configuration;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>Which updates are for security, and which of them may be installed: decided from what is installed and what the archives have, and nothing else.</summary>
internal sealed class PendingUpdates(SecurityUpdateSettings settings)
{
    private readonly OriginPattern _origins = new(settings.Origins);

    /// <returns>The security updates by name, and how many other packages have a newer candidate.</returns>
    public (IReadOnlyList<PendingUpdate> Security, int Others) Of(IReadOnlyDictionary<string, InstalledPackage> installed, IReadOnlyList<OfferedPackage> offered)
    {
        var security = new List<PendingUpdate>();
        var others = 0;
        foreach (var package in offered)
        {
            if (!installed.TryGetValue(package.Name, out var now))
                continue;
            var versions = package.Versions.ToList();
            var at = versions.FindIndex(version => version.Version == now.Version);
            if (at < 0)
                continue;
            if (Update(now, package, versions, at) is { } update)
                security.Add(update);
            else if (versions.FindIndex(version => version.Version == package.Candidate) is var candidate && candidate >= 0 && candidate < at)
                others++;
        }
        return ([.. security.OrderBy(update => update.Package, StringComparer.Ordinal)], others);
    }

    private PendingUpdate? Update(InstalledPackage now, OfferedPackage package, List<OfferedVersion> versions, int at)
    {
        // The newest that says security: a newer one without that label isn't asked for.
        var newest = versions.FindIndex(version => version.Archives.Any(_origins.IsSecurity));
        if (newest < 0 || newest >= at)
            return null;
        var candidate = versions.FindIndex(version => version.Version == package.Candidate);
        // Of several, the newest that apt's preferences allow.
        var allowed = versions.FindIndex(Math.Max(candidate, newest), version => version.Archives.Any(_origins.IsSecurity));
        var chosen = candidate >= 0 && allowed >= 0 && allowed < at ? allowed : newest;
        var target = versions[chosen];
        var (state, why) = now switch
        {
            { IsHeld: true } => (UpdateState.Held, "it is held (apt-mark hold)"),
            _ when settings.Except.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, now.Name, ignoreCase: false)) => (UpdateState.LeftOut, "the configuration leaves it out (except)"),
            _ when candidate < 0 || candidate > chosen => (UpdateState.Pinned, $"apt's preferences keep it at {package.Candidate ?? "no version"}"),
            _ => (UpdateState.Due, null),
        };
        return new PendingUpdate(now.Name, now.Version, target.Version, target.Archives.First(_origins.IsSecurity).Told, state, why, versions[at].Archives.Count > 0);
    }
}
