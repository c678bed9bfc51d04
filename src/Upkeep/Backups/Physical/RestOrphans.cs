using Upkeep.Running;

namespace Upkeep.Backups.Physical;

/// <summary>
/// Backups in pgBackRest's repository that were taken for our store and have no manifest there: an attempt died before it was written.
/// Others may use the same stanza, so only what bears the very store's mark is ours.
/// </summary>
/// <param name="folder">The store's.</param>
internal sealed class RestOrphans(string folder)
{
    private const string Name = "upkeep";
    private const string Store = "upkeep-store";

    private string Mark => $"{Environment.MachineName}:{Path.GetFullPath(folder)}";

    /// <summary>What a backup of this store is known by.</summary>
    public IReadOnlyList<string> Annotations(string name) => [$"{Name}={name}", $"{Store}={Mark}"];

    public async Task<IReadOnlyList<string>> OfAsync(RestInfo info, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var backup in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
        {
            var manifest = await BackupStore.ReadAsync<BackupManifest>(Path.Combine(backup, BackupStore.ManifestFile), cancellationToken);
            // One that can't be read may name any of them.
            if (manifest is null && !backup.EndsWith(BackupStore.Unfinished, StringComparison.Ordinal))
                return [];
            if (manifest?.Label is { } label)
                known.Add(label);
        }
        var orphans = new List<string>();
        foreach (var backup in info.Backups.Where(backup => backup.Annotation?.GetValueOrDefault(Store) == Mark && !known.Contains(backup.Label) && info.Dependents(backup.Label).Count == 0))
        {
            if (!await IsAtWorkAsync(backup.Annotation!.GetValueOrDefault(Name) ?? "", cancellationToken))
                orphans.Add(backup.Label);
        }
        return orphans;
    }

    // Two platforms may share a store: what another process is just making has no manifest yet.
    private async Task<bool> IsAtWorkAsync(string name, CancellationToken cancellationToken)
    {
        var part = new BackupStore(folder).Part(name);
        if (!Directory.Exists(part))
            return false;
        var maker = await BackupStore.ReadAsync<ProcessMark>(BackupStore.Maker(part), cancellationToken);
        return maker != ProcessMark.Own && maker?.ProofOfDeath() is null;
    }
}
