using Upkeep.Backups.Engines;
using Upkeep.Configuration;
using Upkeep.Running;

namespace Upkeep.Backups.Pruning;

/// <summary>
/// Removes what the policy lets expire, and what was left unfinished. A backup first loses its name, then what its engine keeps elsewhere goes,
/// then its files: killed anywhere in between it is no backup any more, and the next call goes on.
/// </summary>
/// <param name="root">The store's folder.</param>
/// <param name="engines">The engine that made a backup is the one that forgets it.</param>
public sealed class Pruner(string root, Func<BackupEngineName, IBackupEngine> engines)
{
    /// <summary>Removes an expired backup.</summary>
    /// <returns>What kept it from going, or null.</returns>
    public Task<Problem?> RemoveAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(backup);
        return ToldAsync(backup.Name, async () =>
        {
            // Asked before it loses its name: what the engine won't let go must stay a backup.
            if (backup.Manifest is { } manifest && await engines(manifest.Engine).DependentsAsync(manifest, cancellationToken) is { Count: > 0 } dependents)
                return new Problem($"{backup.Name} is needed by {string.Join(", ", dependents)}, which can't be restored without it.", "It goes when they have gone.");
            return await RemoveAsync(new StoreRemains(root).Retire(backup.Name), cancellationToken);
        });
    }

    /// <summary>Removes a leftover of which nobody can be at work any more.</summary>
    /// <returns>What kept it from going, or null.</returns>
    public Task<Problem?> ClearAsync(Leftover leftover, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leftover);
        return ToldAsync(leftover.Name, () =>
        {
            if (leftover.Removal)
                return RemoveAsync(leftover.Folder, cancellationToken);
            new BackupStore(root).Discard(leftover.Name);
            return Task.FromResult<Problem?>(null);
        });
    }

    private async Task<Problem?> RemoveAsync(string retired, CancellationToken cancellationToken)
    {
        var manifest = await BackupStore.ReadAsync<BackupManifest>(Path.Combine(retired, BackupStore.ManifestFile), cancellationToken);
        if (manifest is not null && await engines(manifest.Engine).ForgetAsync(manifest, cancellationToken) is { } kept)
            return kept;
        // The manifest goes last: a removal that is gone on with must still know what its engine has to forget.
        foreach (var below in Directory.EnumerateDirectories(retired))
            Directory.Delete(below, recursive: true);
        foreach (var file in Directory.EnumerateFiles(retired).Where(file => Path.GetFileName(file) != BackupStore.ManifestFile))
            File.Delete(file);
        Directory.Delete(retired, recursive: true);
        return null;
    }

    private static async Task<Problem?> ToldAsync(string name, Func<Task<Problem?>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new Problem($"{name} can't be removed: {problem.Message}", "Give us the right to its folder (owner, read-only file systems), then: upkeep backup prune");
        }
    }
}
