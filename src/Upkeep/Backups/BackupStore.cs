using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Running;

namespace Upkeep.Backups;

/// <summary>
/// Where backups lie. A backup is a folder <c>NAME</c> with <c>dump/</c> (pg_dump's directory format) and <c>manifest.json</c>, readable by
/// its owner only. It is made as <c>NAME.part</c> and renamed when all of it is on disk: a folder with the final name is a whole backup.
/// </summary>
public sealed class BackupStore(string root)
{
    public const string ManifestFile = "manifest.json";
    public const string ProofFile = "proof.json";
    public const string DumpFolder = "dump";

    internal const string Unfinished = ".part";

    public string Folder(string name) => Path.Combine(root, name);

    public string Part(string name) => Path.Combine(root, name + Unfinished);

    public bool Exists(string name) => Directory.Exists(Folder(name));

    /// <summary>Makes an empty folder to write the backup into; what an interrupted attempt left there goes.</summary>
    public string Begin(string name)
    {
        Discard(name);
        RunFolder.Create(root);
        // Who makes it stands beside it before there is anything to be found: a prune must be able to tell a dead attempt from a live one.
        File.WriteAllText(Maker(Part(name)), JsonSerializer.Serialize(ProcessMark.Own, JournalJson.Options));
        RunFolder.Create(Part(name));
        return Part(name);
    }

    /// <summary>Removes what an unfinished attempt wrote.</summary>
    public void Discard(string name)
    {
        if (Directory.Exists(Part(name)))
            Directory.Delete(Part(name), recursive: true);
        if (Directory.Exists(root))
            File.Delete(Maker(Part(name)));
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
        File.Delete(Maker(part));
    }

    /// <summary>The file that says which process writes an unfinished backup.</summary>
    internal static string Maker(string part) => part + ".json";

    /// <summary>The manifest of a backup, or null where there is none that can be read.</summary>
    public Task<BackupManifest?> ReadManifestAsync(string name, CancellationToken cancellationToken) => ReadAsync<BackupManifest>(Path.Combine(Folder(name), ManifestFile), cancellationToken);

    /// <summary>Every backup in the store, newest first; what has no manifest comes last.</summary>
    public async Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root))
            return [];
        var found = new List<StoredBackup>();
        foreach (var folder in Directory.EnumerateDirectories(root).Where(folder => !folder.EndsWith(Unfinished, StringComparison.Ordinal)))
        {
            var name = Path.GetFileName(folder);
            if (File.Exists(Path.Combine(folder, ManifestFile)) || Directory.Exists(Path.Combine(folder, DumpFolder)))
                found.Add(new StoredBackup(name, folder, await ReadManifestAsync(name, cancellationToken), await ReadProofAsync(name, cancellationToken)));
        }
        return [.. found.OrderByDescending(backup => backup.Manifest?.FinishedAt).ThenByDescending(backup => backup.Name, StringComparer.Ordinal)];
    }

    /// <summary>The newest backup of a database, or null where the store holds none whose manifest can be read and says so.</summary>
    public async Task<StoredBackup?> NewestAsync(BackupOwner owner, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return (await ListAsync(cancellationToken)).FirstOrDefault(backup => backup.Manifest is { } manifest && owner.NotOf(manifest) is null);
    }

    /// <summary>The last proof of a backup that speaks of its present manifest, or null.</summary>
    public async Task<RestoreProof?> ReadProofAsync(string name, CancellationToken cancellationToken) =>
        await ReadAsync<RestoreProof>(Path.Combine(Folder(name), ProofFile), cancellationToken) is { } proof
        && proof.ManifestSha256 == await ManifestSha256Async(name, cancellationToken) ? proof : null;

    /// <summary>Writes down what a restore showed; a proof of before is replaced.</summary>
    public async Task WriteProofAsync(string name, RestoreProof proof, CancellationToken cancellationToken)
    {
        await RunFolder.WriteAsync(Folder(name), ProofFile, "application/json", JsonSerializer.Serialize(proof, BackupManifest.Json), cancellationToken);
        Durable.FlushFolder(Folder(name));
    }

    /// <summary>Lower-case hex of a backup's manifest file, or null where there is none.</summary>
    public async Task<string?> ManifestSha256Async(string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Folder(name), ManifestFile);
        return File.Exists(path) ? Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, cancellationToken))) : null;
    }

    /// <summary>A record of the store's, or null where there is none that can be read.</summary>
    internal static async Task<T?> ReadAsync<T>(string path, CancellationToken cancellationToken) where T : class
    {
        if (!File.Exists(path))
            return null;
        try
        {
            await using var stream = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<T>(stream, BackupManifest.Json, cancellationToken);
        }
        catch (JsonException)
        {
            // A torn or foreign file is none; the caller says what that means for the backup.
            return null;
        }
    }

    /// <summary>The files below a backup's folder (its manifest aside), with sizes and digests, in a stable order.</summary>
    public static async Task<IReadOnlyList<BackupFile>> DescribeAsync(string folder, CancellationToken cancellationToken)
    {
        var files = new List<BackupFile>();
        foreach (var path in FilesOf(folder))
            files.Add(await DescribeAsync(folder, path, cancellationToken));
        return files;
    }

    /// <summary>What differs between the files on disk and the manifest, in words; empty where all is as it was written.</summary>
    public async Task<IReadOnlyList<string>> CompareFilesAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var folder = Folder(manifest.Name);
        var expected = manifest.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        string[] there;
        try
        {
            there = [.. FilesOf(folder).Select(path => Path.GetRelativePath(folder, path))];
        }
        catch (DirectoryNotFoundException)
        {
            there = [];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [$"{DumpFolder} can't be read: {problem.Message}"];
        }
        var differences = new List<string>();
        foreach (var file in expected.Values.Where(file => there.Contains(file.Path, StringComparer.Ordinal)))
        {
            if (await DifferenceAsync(folder, file, cancellationToken) is { } difference)
                differences.Add(difference);
        }
        return
        [
            .. expected.Keys.Except(there).Select(path => $"{path} is missing"),
            .. there.Except(expected.Keys).Select(path => $"{path} is not in the manifest"),
            .. expected.Values.Where(file => file.Bytes == 0).Select(file => $"{file.Path} is empty"),
            .. differences,
        ];
    }

    // A file that can't be read is a backup that doesn't hold, not an error of ours.
    private static async Task<string?> DifferenceAsync(string folder, BackupFile file, CancellationToken cancellationToken)
    {
        try
        {
            var now = await DescribeAsync(folder, Path.Combine(folder, file.Path), cancellationToken);
            return now == file ? null : $"{file.Path} is not what was written ({(now.Bytes == file.Bytes ? "as many bytes, and another checksum" : string.Create(CultureInfo.InvariantCulture, $"{file.Bytes:N0} bytes then, {now.Bytes:N0} now"))})";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"{file.Path} can't be read: {problem.Message}";
        }
    }

    private static IEnumerable<string> FilesOf(string folder) =>
        Directory.EnumerateFiles(Path.Combine(folder, DumpFolder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static async Task<BackupFile> DescribeAsync(string folder, string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        var digest = await SHA256.HashDataAsync(stream, cancellationToken);
        return new BackupFile(Path.GetRelativePath(folder, path), stream.Length, Convert.ToHexStringLower(digest));
    }
}
