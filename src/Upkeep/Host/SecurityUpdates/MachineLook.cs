using Upkeep.Configuration;
using Upkeep.Running;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>What a look at the machine's packages needs, or why there can be none.</summary>
/// <param name="Beside">Other package managers that are there too, and aren't looked at.</param>
/// <param name="Busy">Who is installing at this moment; null for nobody.</param>
public sealed record MachineLook(AptLayout Layout, IReadOnlyDictionary<string, InstalledPackage> Installed, IReadOnlyList<string> Beside, LockHolder? Busy)
{
    private static readonly string[] _managers = ["dnf", "yum", "zypper", "rpm", "apk", "pacman"];

    /// <summary>What an interrupted installation left; null also while one is under way.</summary>
    public string? Interrupted => Busy is null ? DpkgState.Interrupted(Layout, Installed) : null;

    public static async Task<(MachineLook? Look, Problem? Problem)> AtAsync(PackageTools tools, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tools);
        var beside = _managers.Where(name => tools.Find(name) is not null).ToList();
        var (layout, problem) = await AptLayout.ReadAsync(tools, cancellationToken);
        if (layout is null)
        {
            return (null, problem!.Hint is not null ? problem
                : beside.Count == 0 ? new Problem("this machine has no package manager that upkeep knows (apt with dpkg)", "Leave the step out where another tool looks after it: steps: host.security-updates: enabled: false")
                : new Problem($"this machine's packages are looked after by {string.Join(" and ", beside)}, and upkeep reads only apt's archives", "Leave the step out, and let that tool's own automatic updates do it: steps: host.security-updates: enabled: false"));
        }
        var (installed, unreadable) = await InstalledPackages.ReadAsync(tools, layout, cancellationToken);
        if (installed is null)
            return (null, unreadable);
        if (installed.Count == 0)
        {
            return (null, new Problem($"dpkg's database ({layout.Status}) holds no package{(beside.Count == 0 ? "" : $": this machine is looked after by {string.Join(" and ", beside)}, which upkeep doesn't read")}",
                "Is that the machine's own? See: dpkg-query --list"));
        }
        return (new MachineLook(layout, installed, beside, PackageLock.Holder(PackageLock.OfInstallation(layout))), null);
    }

    /// <summary>Whether this machine installs them by itself, and how to say so.</summary>
    public string? Neighbour(SecurityUpdateSettings settings) => !Layout.Unattended ? null
        : settings.LeaveToUnattended ? "unattended-upgrades is set up to install security updates here, and the configuration leaves them to it"
        : "unattended-upgrades is set up to install security updates here too: whichever comes first does it, and one waits for the other";
}
