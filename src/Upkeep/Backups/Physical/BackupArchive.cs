using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Upkeep.Files;

namespace Upkeep.Backups.Physical;

/// <summary>One archive of pg_basebackup: the data folder, or a table space named by its number.</summary>
/// <param name="Path">For example <c>…/base.tar.zst</c> or <c>…/16402.tar.gz</c>.</param>
public sealed record BackupArchive(string Path)
{
    private const string DataFolder = "base";

    /// <summary>The table space's number, or null for the data folder itself.</summary>
    public string? TableSpace => System.IO.Path.GetFileName(Path).Split('.')[0] is var name && name == DataFolder ? null : name;

    /// <summary>Every archive of a copy, the data folder first.</summary>
    public static IReadOnlyList<BackupArchive> Of(string folder) =>
        [.. Directory.EnumerateFiles(folder).Where(file => System.IO.Path.GetFileName(file).Contains(".tar", StringComparison.Ordinal))
            .Select(file => new BackupArchive(file)).OrderBy(archive => archive.TableSpace is not null).ThenBy(archive => archive.Path, StringComparer.Ordinal)];

    /// <summary>SHA-256 (lower-case hex) of every file in it, under the name that the server's list has for it.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged. So may be what other errors of reading say.</exception>
    public async IAsyncEnumerable<(string Name, string Sha256)> DigestsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var above = TableSpace is null ? "" : $"pg_tblspc/{TableSpace}/";
        await using var reader = Open(_ => { });
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (IsFile(entry))
                yield return (above + Clean(entry.Name), Convert.ToHexStringLower(await SHA256.HashDataAsync(entry.DataStream ?? Stream.Null, cancellationToken)));
        }
    }

    /// <summary>Unpacks it, readable by its owner only.</summary>
    /// <param name="folder">Is there.</param>
    /// <param name="read">Hears how many more bytes of the archive were read.</param>
    /// <exception cref="InvalidDataException">The archive is damaged, or wants to write outside the folder.</exception>
    public async Task UnpackAsync(string folder, Action<long> read, CancellationToken cancellationToken)
    {
        await using var reader = Open(read);
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            var target = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, Clean(entry.Name)));
            if (target != folder && !target.StartsWith(folder + "/", StringComparison.Ordinal))
                throw new InvalidDataException($"It holds a file that would be written to {target}.");
            if (entry.EntryType is TarEntryType.Directory)
                RunFolder.Create(target);
            else if (IsFile(entry))
                await WriteAsync(entry, target, cancellationToken);
            // Links lead to table spaces where they were on the server; the copy has its own map of them.
        }
    }

    private static async Task WriteAsync(TarEntry entry, string target, CancellationToken cancellationToken)
    {
        RunFolder.Create(System.IO.Path.GetDirectoryName(target)!);
        await using var file = new FileStream(target, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            UnixCreateMode = RunFolder.OwnerOnlyFile,
        });
        if (entry.DataStream is { } data)
            await data.CopyToAsync(file, cancellationToken);
    }

    private TarReader Open(Action<long> read)
    {
        var file = new WatchedStream(new FileStream(Path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan }), read);
        return new TarReader(System.IO.Path.GetExtension(Path) switch
        {
            ".zst" => new ZstdSharp.DecompressionStream(file, leaveOpen: false),
            ".gz" => new GZipStream(file, CompressionMode.Decompress),
            _ => file,
        });
    }

    private static bool IsFile(TarEntry entry) => entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile;

    private static string Clean(string name) => name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
}
