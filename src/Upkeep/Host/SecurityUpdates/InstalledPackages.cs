using Upkeep.Running;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>One package, as dpkg's database has it (dpkg-query(1)).</summary>
/// <param name="Name">As apt calls it: with its architecture where that isn't the machine's own.</param>
/// <param name="IsHeld">Whether it was told to stay as it is.</param>
/// <param name="Status"><c>installed</c>, or how far it came: <c>unpacked</c>, <c>half-configured</c>, …</param>
/// <param name="IsSound">False where it must be installed anew (reinst-required).</param>
public sealed record InstalledPackage(string Name, string Version, bool IsHeld, string Status, bool IsSound)
{
    public bool IsWhole => Status == "installed" && IsSound;
}

/// <summary>dpkg's database: the one place that tells what is installed.</summary>
internal static class InstalledPackages
{
    private const string Format = "${Package}\t${Architecture}\t${Version}\t${db:Status-Want}\t${db:Status-Eflag}\t${db:Status-Status}\n";

    /// <returns>What is there at all, whole or not, by name; null and why where it can't be read.</returns>
    public static async Task<(IReadOnlyDictionary<string, InstalledPackage>? Packages, Problem? Problem)> ReadAsync(PackageTools tools, AptLayout layout, CancellationToken cancellationToken)
    {
        var said = await tools.AskAsync("dpkg-query", [$"--admindir={layout.Admin}", "--show", $"--showformat={Format}"], cancellationToken);
        if (said.ExitCode != 0 && said.Output.Length > 0 || said.ExitCode is PackageTools.NotThere or > 1)
            return (null, new Problem($"dpkg's database can't be read: {said.Told("dpkg-query")}", $"Look at {layout.Status}; dpkg keeps copies of earlier days in /var/backups."));
        var packages = new Dictionary<string, InstalledPackage>(StringComparer.Ordinal);
        foreach (var fields in said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')))
        {
            if (fields is not [var name, var architecture, { Length: > 0 } version, var want, var flag, var status] || status is "not-installed" or "config-files")
                continue;
            var full = architecture == layout.Architecture || architecture == "all" ? name : $"{name}:{architecture}";
            packages[full] = new InstalledPackage(full, version, want == "hold", status, flag == "ok");
        }
        return (packages, null);
    }
}
