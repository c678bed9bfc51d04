using System.Security.Cryptography;
using System.Text.Json;
using Upkeep.Files;

namespace Upkeep.Backups;

/// <summary>
/// Where backups lie. A backup is a folder <c>NAME</c> with <c>dump/</c> (pg_dump's directory format) and <c>manifest.json</c>, readable by
/// its owner only. It is made as <c>NAME.part</c> and renamed when all of it is on disk: a folder with the final name is a whole backup.
/// </summary>
public sealed class BackupStore(string root)
{
    public const string ManifestFile = "manifest.json";
    public const string DumpFolder = "dump";

    public string Folder(string name) => Path.Combine(root, name);

    public string Part(string name) => Path.Combine(root, name + ".part");

    public bool Exists(string name) => Directory.Exists(Folder(name));

    /// <summary>Free bytes where backups are kept, also when the folder isn't made yet.</summary>
    public long FreeBytes()
    {
        var existing = new DirectoryInfo(Path.GetFullPath(root));
        while (!existing.Exists)
            existing = existing.Parent!;
        return new DriveInfo(existing.FullName).AvailableFreeSpace;
    }

    /// <summary>Makes an empty folder to write the backup into; what an interrupted attempt left there goes.</summary>
    public string Begin(string name)
    {
        Discard(name);
        RunFolder.Create(root);
        RunFolder.Create(Part(name));
        return Part(name);
    }

    /// <summary>Removes what an unfinished attempt wrote.</summary>
    public void Discard(string name)
    {
        if (Directory.Exists(Part(name)))
            Directory.Delete(Part(name), recursive: true);
    }

    /// <summary>Writes the manifest and gives the backup its name, each durable before the next.</summary>
    public async Task CommitAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var part = Part(manifest.Name);
        await RunFolder.WriteAsync(part, ManifestFile, "application/json", JsonSerializer.Serialize(manifest, BackupManifest.Json), cancellationToken);
        Durable.FlushFolder(Path.Combine(part, DumpFolder));
        Durable.FlushFolder(part);
        Directory.Move(part, Folder(manifest.Name));
        Durable.FlushFolder(root);
    }

    /// <summary>The manifest of a backup, or null where there is none that can be read.</summary>
    public async Task<BackupManifest?> ReadManifestAsync(string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Folder(name), ManifestFile);
        if (!File.Exists(path))
            return null;
        try
        {
            await using var stream = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<BackupManifest>(stream, BackupManifest.Json, cancellationToken);
        }
        catch (JsonException)
        {
            // A torn or foreign file is no manifest; the caller says what that means for the backup.
            return null;
        }
    }

    /// <summary>The files below a backup's folder (its manifest aside), with sizes and digests, in a stable order.</summary>
    public static async Task<IReadOnlyList<BackupFile>> DescribeAsync(string folder, CancellationToken cancellationToken)
    {
        var files = new List<BackupFile>();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(folder, DumpFolder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            await using var stream = File.OpenRead(path);
            var digest = await SHA256.HashDataAsync(stream, cancellationToken);
            files.Add(new BackupFile(Path.GetRelativePath(folder, path), stream.Length, Convert.ToHexStringLower(digest)));
        }
        return files;
    }

    /// <summary>What differs between the files on disk and the manifest, in words; empty where all is as it was written.</summary>
    public async Task<IReadOnlyList<string>> CompareFilesAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var found = (await DescribeAsync(Folder(manifest.Name), cancellationToken)).ToDictionary(file => file.Path, StringComparer.Ordinal);
        var expected = manifest.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        return
        [
            .. expected.Keys.Except(found.Keys).Select(path => $"{path} is missing"),
            .. found.Keys.Except(expected.Keys).Select(path => $"{path} is not in the manifest"),
            .. expected.Values.Where(file => file.Bytes == 0).Select(file => $"{file.Path} is empty"),
            .. expected.Values.Where(file => found.TryGetValue(file.Path, out var now) && now != file).Select(file => $"{file.Path} is not what was written ({file.Bytes} bytes then, {found[file.Path].Bytes} now)"),
        ];
    }
}
