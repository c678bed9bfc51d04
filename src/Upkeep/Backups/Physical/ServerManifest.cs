using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Upkeep.Backups.Physical;

/// <summary>The list that the server itself wrote of a copy: <c>backup_manifest</c>.</summary>
/// <param name="Files">SHA-256 (lower-case hex) by path below the data folder.</param>
/// <param name="Ranges">The stretches of the server's log that make the copy consistent.</param>
public sealed record ServerManifest(IReadOnlyDictionary<string, string> Files, IReadOnlyList<LogRange> Ranges)
{
    public const string FileName = "backup_manifest";

    /// <exception cref="JsonException">It isn't whole, or not as the server wrote it.</exception>
    public static async Task<ServerManifest> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, FileName), cancellationToken);
        var read = JsonSerializer.Deserialize<Document>(bytes) ?? throw new JsonException($"{FileName} is empty.");
        // Its last line holds the digest of all that is before it (PostgreSQL's documentation, "Backup Manifest Format").
        var last = bytes.AsSpan().LastIndexOf("\"Manifest-Checksum\""u8);
        if (last < 0 || !Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, last))).Equals(read.Checksum, StringComparison.OrdinalIgnoreCase))
            throw new JsonException($"{FileName} doesn't match its own checksum.");
        return new ServerManifest(read.Files.ToDictionary(file => file.Path ?? Encoding.UTF8.GetString(Convert.FromHexString(file.EncodedPath!)), file => file.Checksum, StringComparer.Ordinal), read.Ranges);
    }

    private sealed record Document(
        [property: JsonPropertyName("Files"), JsonRequired] IReadOnlyList<FileEntry> Files,
        [property: JsonPropertyName("WAL-Ranges"), JsonRequired] IReadOnlyList<LogRange> Ranges,
        [property: JsonPropertyName("Manifest-Checksum"), JsonRequired] string Checksum);

    // A name that isn't UTF-8 stands as hex.
    private sealed record FileEntry(
        [property: JsonPropertyName("Path")] string? Path,
        [property: JsonPropertyName("Encoded-Path")] string? EncodedPath,
        [property: JsonPropertyName("Checksum"), JsonRequired] string Checksum);
}

/// <summary>A stretch of the server's log.</summary>
/// <param name="Start">For example <c>0/2000028</c>.</param>
public sealed record LogRange(
    [property: JsonPropertyName("Timeline")] int Timeline,
    [property: JsonPropertyName("Start-LSN")] string Start,
    [property: JsonPropertyName("End-LSN")] string End);
