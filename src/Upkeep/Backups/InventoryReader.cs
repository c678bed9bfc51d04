using System.Globalization;
using Upkeep.Backups.Engines;
using Upkeep.Backups.Foreign;
using Upkeep.Configuration;

namespace Upkeep.Backups;

/// <inheritdoc cref="InventoryReader.ReadAsync"/>
public delegate Task<BackupInventory> ReadInventory(CancellationToken cancellationToken);

/// <summary>Looks through our own store and the folders in which others put backups.</summary>
/// <param name="owner">The platform's database; ours of another are told apart.</param>
/// <param name="foreign">Recognises what others made.</param>
public sealed class InventoryReader(BackupSettings settings, BackupOwner owner, FindForeign foreign)
{
    /// <summary>The platform's database by its name, as its address has it.</summary>
    public static string DatabaseOf(string connectionString)
    {
        var address = new Npgsql.NpgsqlConnectionStringBuilder(connectionString);
        return address.Database ?? address.Username ?? "";
    }

    /// <summary>Looks. Of ours every file's presence and size; whoever wants checksums reads the bytes.</summary>
    public async Task<BackupInventory> ReadAsync(CancellationToken cancellationToken)
    {
        var backups = new List<KnownBackup>();
        var notChecked = new List<(string, string)>();
        await TryAsync(settings.Folder, async () => backups.AddRange(await OwnAsync(cancellationToken)), notChecked);
        foreach (var folder in settings.Expected.Folders)
            await TryAsync(folder, async () => backups.AddRange(await ForeignAsync(folder, cancellationToken)), notChecked);
        return new BackupInventory(owner, [.. backups.OrderByDescending(backup => backup.At).ThenByDescending(backup => backup.Name, StringComparer.Ordinal)], notChecked);
    }

    private static async Task TryAsync(string place, Func<Task> look, List<(string, string)> notChecked)
    {
        try
        {
            await look();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            notChecked.Add((place, problem.Message));
        }
    }

    private async Task<IEnumerable<KnownBackup>> ForeignAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder {folder}.");
        return (await foreign(folder, cancellationToken)).Select(backup => KnownBackup.Of(backup, folder));
    }

    private async Task<IEnumerable<KnownBackup>> OwnAsync(CancellationToken cancellationToken) =>
        (await new BackupStore(settings.Folder).ListAsync(cancellationToken)).Select(Known).ToList();

    private KnownBackup Known(StoredBackup stored)
    {
        if (stored.Manifest is not { } manifest)
            return new KnownBackup(stored.Name, KnownBackup.Own, Directory.GetLastWriteTimeUtc(stored.Folder), 0, "unknown", ForeignState.NotABackup, "it has no manifest that can be read", stored);
        var (state, detail) = owner.NotOf(manifest) is { } why ? (ForeignState.OtherDatabase, why) : Files(stored.Folder, manifest);
        return new KnownBackup(stored.Name, KnownBackup.Own, manifest.StartedAt, manifest.Bytes(), manifest.Engine.Program(), state, detail, stored);
    }

    private static (ForeignState State, string Detail) Files(string folder, BackupManifest manifest)
    {
        foreach (var file in manifest.Files)
        {
            var found = new FileInfo(Path.Combine(folder, file.Path));
            if (!found.Exists)
                return (ForeignState.Corrupt, $"{file.Path} is missing");
            if (found.Length != file.Bytes)
            {
                return (found.Length < file.Bytes ? ForeignState.Truncated : ForeignState.Corrupt,
                    string.Create(CultureInfo.InvariantCulture, $"{file.Path} has {found.Length} bytes and had {file.Bytes} when it was made"));
            }
        }
        return (ForeignState.Whole, $"all {Counted.Of(manifest.Files.Count, "file")} have their size");
    }
}
