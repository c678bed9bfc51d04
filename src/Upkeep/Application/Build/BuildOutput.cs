using System.IO.Compression;
using Upkeep.Configuration;
using Upkeep.Files;

namespace Upkeep.Application.Build;

/// <summary>Weighs what a build wrote: what lay in its output folders before counts only where the build wrote it anew.</summary>
internal sealed class BuildOutput(BuildSettings settings)
{
    // Maps are fetched by developers' tools only.
    private const string Map = ".map";

    // Brotli at its best takes about a second for a megabyte; nobody serves so large a file to browsers.
    private const long LargestBest = 8 << 20;

    private static readonly EnumerationOptions _all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
    private readonly Dictionary<string, (ulong, long)> _before = new(StringComparer.Ordinal);

    /// <summary>Notes what is there before the build.</summary>
    /// <param name="folder">Where the build runs.</param>
    public void Before(string folder)
    {
        foreach (var file in Files(folder))
            _before[file.Path] = Mark(file.Path);
    }

    /// <returns>The assets, by name.</returns>
    public async Task<IReadOnlyList<Asset>> AfterAsync(string folder, CancellationToken cancellationToken)
    {
        var assets = new List<Asset>();
        foreach (var (path, name) in Files(folder))
        {
            if (!_before.TryGetValue(path, out var mark) || mark != Mark(path))
                assets.Add(await WeighAsync(path, name, cancellationToken));
        }
        return Together(assets);
    }

    public static IReadOnlyList<Asset> Together(IEnumerable<Asset> assets) =>
        [.. assets.GroupBy(asset => asset.Name, StringComparer.Ordinal).Select(same => new Asset(same.Key, same.Sum(one => one.Files), same.Sum(one => one.Raw), same.Sum(one => one.Gzip), same.Sum(one => one.Brotli))).OrderByDescending(asset => asset.Brotli)];

    private IEnumerable<(string Path, string Name)> Files(string folder) =>
        from output in settings.Outputs.Select(output => Path.Combine(folder, output))
        where Directory.Exists(output)
        from file in Directory.EnumerateFiles(output, "*", _all)
        where !file.EndsWith(Map, StringComparison.Ordinal)
        select (file, AssetName.Of(Path.GetRelativePath(output, file)));

    private static (ulong, long) Mark(string file) => (FileFacts.Of(file)?.Inode ?? 0, File.GetLastWriteTimeUtc(file).Ticks);

    private static async Task<Asset> WeighAsync(string file, string name, CancellationToken cancellationToken)
    {
        var raw = new FileInfo(file).Length;
        var level = raw > LargestBest ? CompressionLevel.Fastest : CompressionLevel.SmallestSize;
        return new Asset(name, 1, raw, await CompressedAsync(file, to => new GZipStream(to, level, leaveOpen: true), cancellationToken), await CompressedAsync(file, to => new BrotliStream(to, level, leaveOpen: true), cancellationToken));
    }

    private static async Task<long> CompressedAsync(string file, Func<Stream, Stream> compress, CancellationToken cancellationToken)
    {
        var counting = new CountingStream();
        await using (var source = File.OpenRead(file))
        await using (var compressor = compress(counting))
            await source.CopyToAsync(compressor, cancellationToken);
        return counting.Length;
    }
}
