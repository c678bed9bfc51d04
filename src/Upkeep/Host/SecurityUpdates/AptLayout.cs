using System.Text.RegularExpressions;
using Upkeep.Running;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>Where apt keeps what, by its own configuration (apt-config(8)), which is also how dpkg is called then.</summary>
/// <param name="Root">The folder that all else is in: <c>/</c>.</param>
/// <param name="Status">dpkg's database.</param>
/// <param name="Lists">The archives' lists.</param>
/// <param name="Cache">Packages that were fetched.</param>
/// <param name="DpkgOptions">What apt tells dpkg each time.</param>
/// <param name="Unattended">Whether unattended-upgrades is told to install every so many days.</param>
public sealed partial record AptLayout(string Root, string Status, string Lists, string Cache, string Architecture, IReadOnlyList<string> DpkgOptions, bool Unattended)
{
    /// <summary>The folder of dpkg's database and locks.</summary>
    public string Admin => Path.GetDirectoryName(Status)!;

    /// <summary>dpkg's options, with the database that apt reads.</summary>
    public IReadOnlyList<string> Dpkg => DpkgOptions.Any(option => option.StartsWith("--root", StringComparison.Ordinal)) ? DpkgOptions : [.. DpkgOptions, $"--admindir={Admin}"];

    /// <summary>A path as packages have it, where it is on this machine.</summary>
    public string InRoot(string path) => Path.Combine(Root, path.TrimStart('/'));

    /// <returns>Null and why, where apt isn't there or its configuration can't be read.</returns>
    public static async Task<(AptLayout? Layout, Problem? Problem)> ReadAsync(PackageTools tools, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tools);
        var said = await tools.AskAsync("apt-config", ["shell", "ROOT", "Dir/d", "STATUS", "Dir::State::status/f", "LISTS", "Dir::State::lists/d", "CACHE", "Dir::Cache::archives/d",
            "ARCHITECTURE", "APT::Architecture", "ENABLE", "APT::Periodic::Enable", "UNATTENDED", "APT::Periodic::Unattended-Upgrade"], cancellationToken);
        if (said.ExitCode == PackageTools.NotThere)
            return (null, new Problem("this machine has no apt", null));
        var options = await tools.AskAsync("apt-config", ["dump", "--no-empty", "--format", "%v%n", "DPkg::Options"], cancellationToken);
        if (said.ExitCode != 0 || options.ExitCode != 0)
            return (null, new Problem($"apt's configuration can't be read: {(said.ExitCode != 0 ? said : options).Told("apt-config")}", "Mend the file that it names, in /etc/apt; apt-config dump must work."));
        var values = Assignment().Matches(said.Output).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Replace(@"'\''", "'", StringComparison.Ordinal));
        if (!values.TryGetValue("STATUS", out var status) || !values.TryGetValue("LISTS", out var lists))
            return (null, new Problem("apt's configuration names neither its lists nor dpkg's database", "Look at: apt-config dump Dir"));
        var unattended = values.GetValueOrDefault("UNATTENDED", "0") is not ("" or "0") && values.GetValueOrDefault("ENABLE", "1") != "0" && tools.Find("unattended-upgrade") is not null;
        return (new AptLayout(values.GetValueOrDefault("ROOT", "/"), status, lists, values.GetValueOrDefault("CACHE", "/var/cache/apt/archives/"), values.GetValueOrDefault("ARCHITECTURE", ""),
            options.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), unattended), null);
    }

    [GeneratedRegex(@"^([A-Z]+)='((?:[^']|'\\'')*)'$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();
}
