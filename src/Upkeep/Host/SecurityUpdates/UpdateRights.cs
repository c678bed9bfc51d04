using Upkeep.Configuration;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>What of this needs root, and the sudoers lines that allow just that: packages by name and version from the archives that the machine trusts, never a file, never an option more.</summary>
public static class UpdateRights
{
    // Names and versions as Debian's policy has them (5.6.1, 5.6.12).
    private const string Packages = "([a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?=[A-Za-z0-9.+~:-]+ ?)+";

    /// <summary>An installation of no package that there is, to ask whether it would be allowed.</summary>
    public static IReadOnlyList<string> Probe(SecurityUpdateSettings settings) => Installation.Command(settings, ["upkeep-asks=0"]);

    /// <summary>What a run needs to be allowed to do, by these settings.</summary>
    /// <returns>Each with what it is, a command that asks for it, and the line that allows it.</returns>
    public static IReadOnlyList<(string What, IReadOnlyList<string> Asked, string Line)> Of(string user, SecurityUpdateSettings settings, AptLayout layout)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(layout);
        var needed = new List<(string, IReadOnlyList<string>, string)>();
        if (settings.Refresh ?? settings.Apply)
            needed.Add(("fetch apt's lists", ListRefresh.Update, Sudoers.Line(user, PackageTools.Quietly(ListRefresh.Update))));
        if (settings.Apply)
        {
            needed.Add(("install packages", Probe(settings), Sudoers.Line(user, "/usr/bin/env", [.. PackageTools.Quietly(Installation.Command(settings, [])).Skip(1)], $"(--download-only )?{Packages}")));
            needed.Add(("finish an installation that was broken off", DpkgState.Configure(layout), Sudoers.Line(user, PackageTools.Quietly(DpkgState.Configure(layout)))));
        }
        return needed;
    }
}
