using System.Text.RegularExpressions;
using Upkeep.Files;
using Upkeep.Journal;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>What is left for a person after an installation: services that still run the old code, a reboot, configuration files that were kept. Nothing is restarted here.</summary>
internal sealed partial class Aftermath(PackageTools tools, AptLayout layout)
{
    private static readonly string[] _beside = [".dpkg-dist", ".dpkg-new", ".ucf-dist"];
    private static readonly string[] _marks = ["run/reboot-required", "var/run/reboot-required"];

    public async Task<IReadOnlyList<Finding>> NeedsAsync(CancellationToken cancellationToken)
    {
        var found = new List<Finding>();
        if (tools.Find("needrestart") is null)
        {
            found.Add(new Finding(Severity.Info, "updates-services" + Finding.NotCheckedSuffix, "Not checked: which services still run replaced code, because needrestart isn't installed.", null, "As root: apt-get install needrestart"));
        }
        else
        {
            var said = await tools.AskAsync("needrestart", ["-b", "-r", "l"], cancellationToken);
            var services = Service().Matches(said.Output).Select(match => match.Groups[1].Value.Trim()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            if (said.ExitCode != 0 && services.Count == 0)
                found.Add(new Finding(Severity.Info, "updates-services" + Finding.NotCheckedSuffix, $"Not checked: which services still run replaced code: {said.Told("needrestart")}", null, "As root: needrestart -b"));
            else if (!tools.IsRoot)
                found.Add(new Finding(Severity.Info, "updates-services" + Finding.NotCheckedSuffix, "Not checked: whether other users' services still run replaced code, because only root sees their processes.", null, "As root: needrestart -b"));
            foreach (var service in services)
                found.Add(new Finding(Severity.Warning, "updates-restart-needed", $"{service} still runs code that was replaced.", service, $"Restart it when it suits: systemctl restart {service}"));
            if (KernelState().Match(said.Output) is { Success: true } kernel)
                found.Add(new Finding(Severity.Warning, "updates-reboot-needed", $"The running kernel isn't the one that is installed{(KernelExpected().Match(said.Output) is { Success: true } expected ? $": {expected.Groups[1].Value}" : "")} (needrestart's state {kernel.Groups[1].Value}).", "kernel", "Plan a reboot; upkeep never does."));
        }
        if (RebootRequired() is { } reboot)
            found.Add(reboot);
        return found;
    }

    /// <summary>Configuration files that were kept: their new version lies beside each until a person has looked at it, whenever it was put there.</summary>
    public async Task<IReadOnlyList<Finding>> KeptAsync(IReadOnlyList<ChangedPackage> changed, CancellationToken cancellationToken)
    {
        if (changed.Count == 0)
            return [];
        var said = await tools.AskAsync("dpkg-query", [$"--admindir={layout.Admin}", "--show", "--showformat=${Conffiles}\n", .. changed.Select(package => package.Package)], cancellationToken);
        return
        [
            .. said.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).Where(path => path.StartsWith('/'))
                .SelectMany(path => _beside.Select(ending => path + ending)).Where(file => FileFacts.Of(layout.InRoot(file)) is { IsRegular: true })
                .Select(file => new Finding(Severity.Warning, "updates-configuration-kept", $"A configuration file that was changed here was kept; the package's new one lies beside it: {file}.", file, "Compare the two, take over what is needed, and remove it.")),
        ];
    }

    private Finding? RebootRequired()
    {
        var file = _marks.Select(layout.InRoot).FirstOrDefault(File.Exists);
        if (file is null)
            return null;
        var packages = File.Exists(file + ".pkgs") ? File.ReadLines(file + ".pkgs").Select(line => line.Trim()).Where(line => line.Length > 0).Distinct(StringComparer.Ordinal).Take(10).ToList() : [];
        return new Finding(Severity.Warning, "updates-reboot-needed", $"This machine needs a reboot{(packages.Count == 0 ? "" : $", for {string.Join(", ", packages)}")}.", "reboot", "Plan one; upkeep never reboots.");
    }

    // needrestart's batch mode (README.batch.md): one NAME: VALUE a line; KSTA 2 and 3 are a newer kernel that isn't running.
    [GeneratedRegex(@"^NEEDRESTART-SVC:\s*(\S.*)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Service();

    [GeneratedRegex(@"^NEEDRESTART-KSTA:\s*([23])\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex KernelState();

    [GeneratedRegex(@"^NEEDRESTART-KEXP:\s*(\S+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex KernelExpected();
}
