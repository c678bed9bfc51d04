using System.Security.Cryptography;
using System.Text.Json;
using Upkeep.Journal;

namespace Upkeep.Database.Retention;

/// <summary>Reads a manifest back and checks that it is the one the journal knows.</summary>
internal static class Manifests
{
    /// <returns>The manifest and its folder, absolute.</returns>
    /// <exception cref="InvalidDataException">It is missing or isn't the one that was written.</exception>
    public static async Task<(Manifest Manifest, string Folder)> ReadAsync(string runFolder, LeafEffect effect, CancellationToken cancellationToken)
    {
        var path = Path.Combine(runFolder, effect.Manifest!);
        if (!File.Exists(path))
            throw new InvalidDataException($"{path} is missing: the archive was moved or removed");
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != effect.ManifestSha256)
            throw new InvalidDataException($"{path} is not what was written (its SHA-256 differs)");
        using var document = JsonDocument.Parse(bytes);
        return (JournalJson.FromElement<Manifest>(document.RootElement), Path.GetDirectoryName(path)!);
    }
}
