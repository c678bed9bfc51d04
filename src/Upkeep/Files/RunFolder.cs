using System.Security.Cryptography;
using System.Text;
using Upkeep.Journal;

namespace Upkeep.Files;

/// <summary>Writes a run's artifacts: owner-only, whole or not at all (written beside, flushed to disk, renamed), with their digest.</summary>
public static class RunFolder
{
    public const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode OwnerOnlyFolder = OwnerOnlyFile | UnixFileMode.UserExecute;

    /// <summary>Makes the folder, and those above it that are missing, readable by the owner only.</summary>
    public static void Create(string folder) => Directory.CreateDirectory(folder, OwnerOnlyFolder);

    /// <summary>Writes a text artifact.</summary>
    /// <param name="folder">The run's folder, absolute.</param>
    /// <param name="path">Path below it, for example <c>preparation/baseline.csv</c>.</param>
    public static Task<Artifact> WriteAsync(string folder, string path, string mediaType, string text, CancellationToken cancellationToken) =>
        WriteAsync(folder, path, mediaType, Encoding.UTF8.GetBytes(text), cancellationToken);

    /// <inheritdoc cref="WriteAsync(string, string, string, string, CancellationToken)"/>
    public static async Task<Artifact> WriteAsync(string folder, string path, string mediaType, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var target = Path.Combine(folder, path);
        Create(Path.GetDirectoryName(target)!);
        var beside = target + ".part";
        await using (var stream = new FileStream(beside, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            UnixCreateMode = OwnerOnlyFile,
        }))
        {
            await stream.WriteAsync(bytes, cancellationToken);
            stream.Flush(flushToDisk: true);
        }
        File.Move(beside, target, overwrite: true);
        return new Artifact(path.Replace('\\', '/'), mediaType, Convert.ToHexStringLower(SHA256.HashData(bytes.Span)), bytes.Length);
    }

    /// <summary>The record of a file that stands already.</summary>
    public static async Task<Artifact> DescribeAsync(string folder, string path, string mediaType, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(Path.Combine(folder, path));
        var digest = await SHA256.HashDataAsync(stream, cancellationToken);
        return new Artifact(path.Replace('\\', '/'), mediaType, Convert.ToHexStringLower(digest), stream.Length);
    }
}
