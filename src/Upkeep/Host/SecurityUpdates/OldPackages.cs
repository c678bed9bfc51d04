using System.Security.Cryptography;
using Upkeep.Files;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>
/// Keeps the packages that are installed, as files, before they are replaced: from apt's cache, from the archive, or packed again from what is
/// installed (dpkg-repack, where it is there). Owner only, with a digest, so that the way back needs no network and no archive.
/// </summary>
internal sealed class OldPackages(PackageTools tools, AptLayout layout, string runFolder)
{
    private const string Below = "host/packages-before";

    private string Folder => Path.Combine(runFolder, Below);

    /// <returns>Those that could be kept.</returns>
    public async Task<IReadOnlyList<KeptPackage>> KeepAsync(IReadOnlyList<PendingUpdate> updates, CancellationToken cancellationToken)
    {
        if (updates.Count == 0)
            return [];
        RunFolder.Create(Folder);
        var kept = new List<KeptPackage>();
        await FromCacheAsync([.. updates], kept, cancellationToken);
        if (updates.Where(update => update.OldIsToBeHad && IsMissing(update, kept)).ToList() is { Count: > 0 } wanted)
        {
            // One call for all; where one of them fails, each on its own.
            if ((await DownloadAsync(wanted, cancellationToken)).ExitCode != 0)
            {
                foreach (var update in wanted)
                    await DownloadAsync([update], cancellationToken);
            }
            await TakeAsync(wanted, kept, "archive", cancellationToken);
        }
        foreach (var update in updates.Where(update => IsMissing(update, kept) && tools.Find("dpkg-repack") is not null))
        {
            await tools.AskInAsync(Folder, "dpkg-repack", [$"--root={layout.Root}", update.Package], cancellationToken);
            await TakeAsync([update], kept, "repacked", cancellationToken);
        }
        Durable.FlushFolder(Folder);
        return kept;
    }

    /// <summary>Whether the file is still what was kept.</summary>
    public static bool IsWhole(string runFolder, KeptPackage kept)
    {
        var file = Path.Combine(runFolder, kept.File);
        if (!File.Exists(file))
            return false;
        using var content = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(content)) == kept.Sha256;
    }

    private static bool IsMissing(PendingUpdate update, List<KeptPackage> kept) => kept.All(one => one.Package != update.Package);

    private Task<Processes.ProgramResult> DownloadAsync(IReadOnlyList<PendingUpdate> wanted, CancellationToken cancellationToken) =>
        tools.AskInAsync(Folder, "apt-get", ["-q", "download", .. wanted.Select(update => $"{update.Package}={update.From}")], cancellationToken);

    private async Task FromCacheAsync(IReadOnlyList<PendingUpdate> updates, List<KeptPackage> kept, CancellationToken cancellationToken)
    {
        foreach (var update in updates)
        {
            // apt writes an epoch's colon as %3a.
            var begin = $"{update.Package.Split(':')[0]}_{update.From.Replace(":", "%3a", StringComparison.Ordinal)}_";
            foreach (var file in Directory.Exists(layout.Cache) ? Directory.EnumerateFiles(layout.Cache, begin + "*.deb") : [])
                File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)), overwrite: true);
        }
        await TakeAsync(updates, kept, "cache", cancellationToken);
    }

    // Whatever its name: the package itself says what it is.
    private async Task TakeAsync(IReadOnlyList<PendingUpdate> wanted, List<KeptPackage> kept, string source, CancellationToken cancellationToken)
    {
        foreach (var file in Directory.EnumerateFiles(Folder, "*.deb").Where(file => kept.All(one => Path.Combine(runFolder, one.File) != file)))
        {
            var said = await tools.AskAsync("dpkg-deb", ["--show", "--showformat=${Package}\t${Architecture}\t${Version}", file], cancellationToken);
            if (said.ExitCode != 0 || said.Output.Split('\t') is not [var name, var architecture, var version])
                continue;
            if (wanted.FirstOrDefault(update => (update.Package == name && (architecture == layout.Architecture || architecture == "all") || update.Package == $"{name}:{architecture}") && update.From == version) is { } update && IsMissing(update, kept))
                kept.Add(await DescribeAsync(update, file, source, cancellationToken));
        }
    }

    private async Task<KeptPackage> DescribeAsync(PendingUpdate update, string file, string source, CancellationToken cancellationToken)
    {
        File.SetUnixFileMode(file, RunFolder.OwnerOnlyFile);
        await using var content = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        content.Flush(flushToDisk: true);
        return new KeptPackage(update.Package, update.From, Path.GetRelativePath(runFolder, file), digest, content.Length, source);
    }
}
