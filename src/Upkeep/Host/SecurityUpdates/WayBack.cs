using System.Globalization;
using Upkeep.Files;
using Upkeep.Running;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>Installs the old packages again, from the files that were kept: no network, no archive.</summary>
internal sealed class WayBack(PackageTools tools, AptLayout layout, StepContext context)
{
    public async Task<Proof> TakeAsync(UpdateEffect effect, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        var log = Path.Combine(context.Folder, "host", "apt.log");
        if (await PackageLock.WaitAsync(PackageLock.OfInstallation(layout), lockWait, tools.Time, who => context.Progress(0, null, "packages", $"waiting for {who}"), cancellationToken) is { } holder)
            return Proof.Missing($"{holder} holds {holder.File}", "Let it end, and repeat.");
        var (installed, unreadable) = await InstalledPackages.ReadAsync(tools, layout, cancellationToken);
        if (installed is null)
            return Proof.Missing(unreadable!.What, unreadable.Hint);
        // One that was broken off in the middle is brought to an end first: apt goes nowhere from there.
        if (DpkgState.Interrupted(layout, installed) is not null)
        {
            await tools.ChangeAsync(log, DpkgState.Configure(layout), cancellationToken);
            installed = (await InstalledPackages.ReadAsync(tools, layout, cancellationToken)).Packages ?? installed;
        }
        // For those that couldn't be kept there is no way back; the record of the step has said so since.
        List<ChangedPackage> kept = [.. effect.Changed.Where(package => package.Kept is not null)];
        List<ChangedPackage> lost = [.. effect.Changed.Where(package => package.Kept is null)];
        if (kept.Count == 0)
            return Proof.Missing($"there is no way back: the old version of {Names(lost)} was not to be had", "Where another archive has it (snapshot.debian.org): apt-get install --allow-downgrades ./FILE.deb");
        var open = kept.Where(package => installed.GetValueOrDefault(package.Package) is not { IsWhole: true } now || now.Version != package.From).ToList();
        if (open.Count > 0 && Refusal(open, installed) is { } refusal)
            return refusal;
        if (open.Count > 0 && await InstallAsync(open, log, cancellationToken) is { } failed)
            return failed;
        return await ProveAsync(kept, lost, cancellationToken);
    }

    private Proof? Refusal(List<ChangedPackage> open, IReadOnlyDictionary<string, InstalledPackage> installed)
    {
        var changed = open.Where(package => installed.GetValueOrDefault(package.Package) is not { } now || (now.Version != package.To && now.Version != package.From)).ToList();
        if (changed.Count > 0)
        {
            return Proof.Missing($"somebody has changed {string.Join(", ", changed.Select(package => $"{package.Package} since (now {installed.GetValueOrDefault(package.Package)?.Version ?? "gone"})"))}",
                "Nothing was touched. Decide by hand what it should be: apt-get install --allow-downgrades PACKAGE=VERSION");
        }
        var spoilt = open.Where(package => !OldPackages.IsWhole(context.Folder, package.Kept!)).ToList();
        return spoilt.Count == 0 ? null : Proof.Missing($"what was kept isn't what it was any more: {string.Join(", ", spoilt.Select(package => package.Kept!.File))}",
            "Nothing was touched. Where an archive has those versions (snapshot.debian.org): apt-get install --allow-downgrades ./FILE.deb");
    }

    private async Task<Proof?> InstallAsync(List<ChangedPackage> open, string log, CancellationToken cancellationToken)
    {
        if (!tools.IsRoot)
            return Proof.Missing("packages from files are installed by root only", $"Look at them first (dpkg-deb --info), then as root: apt-get install --allow-downgrades {string.Join(' ', Files(open))}");
        // Root would install what another user can have put there, on the word of that user's journal.
        if (FileFacts.Of(context.Folder) is { User: not 0 } other)
            return Proof.Missing(string.Create(CultureInfo.InvariantCulture, $"the kept packages lie in a folder of user {other.User}, who could have changed them: root doesn't install them unseen"), $"Compare them with the archive's (snapshot.debian.org), then: apt-get install --allow-downgrades {string.Join(' ', Files(open))}");
        var files = Files(open);
        var planned = await tools.AskAsync("apt-get", ["-s", "install", .. Simulation.Options, "--allow-downgrades", .. files], cancellationToken);
        if (planned.ExitCode != 0)
            return Proof.Missing($"the old versions can't be installed: {planned.Told("apt-get")}", "Something that was installed since needs the new ones. Nothing was touched; see: apt-get -s install --allow-downgrades FILES");
        if (Simulation.Beyond(planned.Output, open) is { } more)
            return Proof.Missing($"the old versions can't be installed alone: {more}", "Nothing was touched. Decide by hand, with: apt-get install --allow-downgrades FILES");
        var done = await tools.ChangeAsync(log, ["apt-get", "install", .. Simulation.Options, "--no-remove", "--allow-downgrades", "--reinstall", .. files], cancellationToken);
        return done.ExitCode == 0 ? null : Proof.Missing($"apt could not install the old versions: {AptLog.Told(log, done)}", $"See {log}; mend what it names, and repeat.");
    }

    private string[] Files(List<ChangedPackage> packages) => [.. packages.Select(package => Path.Combine(context.Folder, package.Kept!.File))];

    private async Task<Proof> ProveAsync(List<ChangedPackage> kept, List<ChangedPackage> lost, CancellationToken cancellationToken)
    {
        var (installed, unreadable) = await InstalledPackages.ReadAsync(tools, layout, cancellationToken);
        if (installed is null)
            return Proof.Missing(unreadable!.What, unreadable.Hint);
        var wrong = kept.Where(package => installed.GetValueOrDefault(package.Package) is not { IsWhole: true } now || now.Version != package.From)
            .Select(package => $"{package.Package} is {installed.GetValueOrDefault(package.Package) switch { null => "gone", var now => $"{now.Version} ({now.Status})" }} and not {package.From}").ToList();
        return wrong.Count > 0 ? Proof.Missing(string.Join("; ", wrong.Take(5)), "See host/apt.log in the run's folder.")
            : Proof.That($"{Counted.Of(kept.Count, "package")} back at {(kept.Count == 1 ? "its old version" : "their old versions")}: {string.Join(", ", kept.Take(5).Select(package => $"{package.Package} {package.From}"))}{(kept.Count > 5 ? ", …" : "")}."
                + (lost.Count == 0 ? "" : $" Not back, as was said: {Names(lost)}.") + " The next run that may, or unattended-upgrades, installs them again unless they are held (apt-mark hold)");
    }

    private static string Names(IReadOnlyList<ChangedPackage> packages) => string.Join(", ", packages.Select(package => $"{package.Package} ({package.From})"));
}
