using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Host.DiskCleanup;

namespace Upkeep.Checking;

/// <summary>What a clean-up of the disks needs: its folders, and the rights of the programs that clean what is theirs.</summary>
internal static class CleanupRequirements
{
    private const string Step = "host.disk-cleanup";

    public static async Task<IReadOnlyList<Requirement>> LookAsync(DiskCleanupSettings settings, CacheCleaner caches, CancellationToken cancellationToken)
    {
        if (settings.Rules.Count == 0 && settings is { PackageCache: PackageCacheWay.None, Images: null })
            return [Requirement.Met("host.diskCleanup", "None configured: nothing is removed from the disks")];
        CacheLook?[] looks = [await caches.LookAtPackagesAsync(settings.PackageCache, cancellationToken), await caches.LookAtImagesAsync(settings.Images, cancellationToken)];
        return [.. settings.Rules.Select(rule => rule.Folder).Distinct(StringComparer.Ordinal).Select(Folder), .. looks.OfType<CacheLook>().Select(Cache)];
    }

    private static Requirement Folder(string folder)
    {
        var name = $"clean-up of {folder}";
        if (!Directory.Exists(folder))
            return Requirement.Missing(name, $"There is no folder {folder}", "Correct the path, or make the folder.", Step);
        if (!FolderAccess.MayWrite(folder))
        {
            return Requirement.Missing(name, $"{folder} can't be written to by {Environment.UserName}",
                $"Run upkeep as the folder's owner, or let its unit do just that: [Service] AmbientCapabilities=CAP_DAC_OVERRIDE CAP_FOWNER CAP_LEASE, ReadWritePaths={folder}", Step);
        }
        return Requirement.Met(name, $"{folder} is there, and {Environment.UserName} may remove from it");
    }

    private static Requirement Cache(CacheLook look) => look.Problem is { } problem
        ? Requirement.Missing(look.What, $"It can't be cleaned: {problem}", look.Hint ?? "Try the command by hand.", Step)
        : Requirement.Met(look.What, $"Cleaned by {string.Join(' ', look.Command)}");
}
