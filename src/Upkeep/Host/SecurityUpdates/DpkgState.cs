using Upkeep.Running;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>What an installation that was broken off left, and how it is finished: dpkg's own way (dpkg(1), --audit and --configure).</summary>
internal static class DpkgState
{
    /// <summary>What is half done, in words; null where nothing is. While somebody installs, it is nobody's business: look at the lock first.</summary>
    public static string? Interrupted(AptLayout layout, IReadOnlyDictionary<string, InstalledPackage> installed)
    {
        // dpkg's journal: what it did since it wrote its database as a whole. Names are numbers; anything else isn't dpkg's.
        var updates = Path.Combine(layout.Admin, "updates");
        if (Directory.Exists(updates) && Directory.EnumerateFiles(updates).Any(file => Path.GetFileName(file).All(char.IsAsciiDigit)))
            return "dpkg was ended before it wrote down what it had done";
        var half = installed.Values.Where(package => !package.IsWhole && package.Status is not ("triggers-pending" or "triggers-awaited")).OrderBy(package => package.Name, StringComparer.Ordinal).ToList();
        return half.Count == 0 ? null : $"{Counted.Of(half.Count, "package")} half done: {string.Join(", ", half.Take(5).Select(package => $"{package.Name} {package.Version} ({package.Status})"))}{(half.Count > 5 ? ", …" : "")}";
    }

    public static IReadOnlyList<string> Configure(AptLayout layout) => ["dpkg", .. layout.Dpkg, "--force-confdef", "--force-confold", "--configure", "--pending"];

    /// <summary>Finishes it; where dpkg was ended in the middle of its own files, this reads them in, too.</summary>
    /// <returns>What keeps it from being finished, or null.</returns>
    public static async Task<Problem?> FinishAsync(PackageTools tools, AptLayout layout, string log, CancellationToken cancellationToken)
    {
        var said = await tools.ChangeAsync(log, Configure(layout), cancellationToken);
        var (installed, unreadable) = await InstalledPackages.ReadAsync(tools, layout, cancellationToken);
        if (unreadable is not null)
            return unreadable;
        return Interrupted(layout, installed!) is { } still
            ? new Problem($"dpkg was interrupted before, and what it left can't be finished: {still}{(said.ExitCode == 0 ? "" : $" ({AptLog.Told(log, said)})")}", $"See what it says in {log}, then as root: dpkg --configure -a, and apt-get install -f")
            : null;
    }
}
