using Upkeep.Files;
using Upkeep.Running;

namespace Upkeep.Backups.Pruning;

/// <summary>An unfinished folder in the store.</summary>
/// <param name="Name">Of the backup that it was to become, or was.</param>
/// <param name="Removal">True where it is a backup whose removal was begun; false where it is one that was being made.</param>
/// <param name="ProofOfDeath">Why nobody is at work on it any more, in words; null where somebody may be, and it is left alone.</param>
public sealed record Leftover(string Name, string Folder, bool Removal, string? ProofOfDeath);

/// <summary>What is in the store and is no backup: attempts that were cut off, and removals that were.</summary>
/// <param name="root">The store's folder.</param>
public sealed class StoreRemains(string root)
{
    // It ends like an unfinished backup, so that nobody takes it for one.
    private const string Expired = ".expired" + BackupStore.Unfinished;

    private static readonly string _maker = BackupStore.Maker(BackupStore.Unfinished);

    /// <summary>Takes a backup's name away: from here on it is none, however far its removal comes.</summary>
    /// <returns>The folder as it is called now.</returns>
    public string Retire(string name)
    {
        var retired = Path.Combine(root, name + Expired);
        Directory.Move(Path.Combine(root, name), retired);
        Durable.FlushFolder(root);
        return retired;
    }

    /// <summary>Everything that was left unfinished, by name.</summary>
    public async Task<IReadOnlyList<Leftover>> ListAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root))
            return [];
        var left = new List<Leftover>();
        foreach (var folder in Directory.EnumerateDirectories(root, "*" + BackupStore.Unfinished).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(folder);
            if (name.EndsWith(Expired, StringComparison.Ordinal))
            {
                left.Add(new Leftover(name[..^Expired.Length], folder, Removal: true, "its removal was begun and not ended"));
                continue;
            }
            var maker = await BackupStore.ReadAsync<ProcessMark>(BackupStore.Maker(folder), cancellationToken);
            left.Add(new Leftover(name[..^BackupStore.Unfinished.Length], folder, Removal: false, maker?.ProofOfDeath()));
        }
        foreach (var file in Directory.EnumerateFiles(root, "*" + _maker).Order(StringComparer.Ordinal))
        {
            // Killed when its backup had got its name, before it could take away the word on who makes it.
            var part = file[..^BackupStore.Maker("").Length];
            if (!Directory.Exists(part) && (await BackupStore.ReadAsync<ProcessMark>(file, cancellationToken))?.ProofOfDeath() is { } death)
                left.Add(new Leftover(Path.GetFileName(part)[..^BackupStore.Unfinished.Length], part, Removal: false, death));
        }
        return left;
    }
}
