using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Upkeep.Logs.Logrotate;
using Upkeep.Logs.Rotation;
using ZstdSharp;

namespace Upkeep.Tests.Logs.Rotation;

/// <summary>A log and its archives in folders of the test's own.</summary>
internal sealed partial class LogFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("upkeep-logs-").FullName;

    public LogFolder() => Directory.CreateDirectory(Folder);

    public string Log => Path.Combine(_root, "app.log");

    public string Folder => Path.Combine(_root, "archive");

    /// <summary>As on a machine without it: what is configured on this one is no test's business.</summary>
    public static LogrotateNeighbour NoLogrotate => new("/nowhere", [], TimeProvider.System);

    public RotationRequest Request => new(Log, Folder);

    /// <summary>Every line of the archives, oldest first, then of the log; without the marks that rotations left.</summary>
    public IReadOnlyList<string> Written() =>
        [.. Archives().SelectMany(archive => Lines(Read(archive))).Concat(Lines(File.ReadAllBytes(Log))).Where(line => !Mark().IsMatch(line))];

    public IReadOnlyList<string> Archives() => [.. Directory.GetFiles(Folder, "app.log-*").Where(file => !file.EndsWith(".rotating", StringComparison.Ordinal)).OrderBy(Number)];

    /// <summary>Neither notes nor copies nor renamed logs are left, in either folder.</summary>
    public void ShouldHaveNoTraces() => Directory.GetFiles(_root).Concat(Directory.GetFiles(Folder)).Select(file => Path.GetFileName(file)!)
        .Where(file => file.StartsWith('.') || file.EndsWith(".rotating", StringComparison.Ordinal)).ShouldBe([".upkeep-rotation.lock"]);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public static byte[] Read(string archive)
    {
        using var file = File.OpenRead(archive);
        using Stream plain = archive.EndsWith(".zst", StringComparison.Ordinal) ? new DecompressionStream(file) : new GZipStream(file, CompressionMode.Decompress);
        using var all = new MemoryStream();
        plain.CopyTo(all);
        return all.ToArray();
    }

    private static IEnumerable<string> Lines(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return text.Split('\n').SkipLast(text.EndsWith('\n') || text.Length == 0 ? 1 : 0);
    }

    private static int Number(string archive) => Numbered().Match(archive) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 1;

    [GeneratedRegex(@"-\d{8}-(\d+)\.\w+$")]
    private static partial Regex Numbered();

    [GeneratedRegex("^(# upkeep: the lines before|\\{\"upkeep\":\"the lines before)")]
    private static partial Regex Mark();
}
