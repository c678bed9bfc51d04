using System.Text;
using System.Text.Json;
using Npgsql;
using Upkeep.Database.Retention;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Testing;
using ZstdSharp;

namespace Upkeep.Scenarios.Running;

/// <summary>The archives below a folder, read with nothing but their manifests: plain zstd frames of COPY text.</summary>
internal static class ArchivedRows
{
    /// <summary>Rows in all archives, counted in the files themselves.</summary>
    public static async Task<long> CountAsync(string root, CancellationToken cancellationToken)
    {
        var rows = 0L;
        foreach (var (manifest, folder) in await ManifestsAsync(root, cancellationToken))
            rows += manifest.Segments.Sum(segment => Text(folder, segment).Count(letter => letter == '\n'));
        return rows;
    }

    /// <summary>Copies all archived rows back into their tables, past foreign keys and triggers.</summary>
    public static async Task PutBackAsync(string root, TestDatabase database, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await connection.ExecuteAsync("set session_replication_role = replica; set timezone = 'UTC'", cancellationToken);
        foreach (var (manifest, folder) in await ManifestsAsync(root, cancellationToken))
        {
            var columns = string.Join(", ", manifest.Columns.Select(Sql.Identifier));
            await using var copy = await connection.BeginTextImportAsync($"copy {Sql.Identifier(manifest.Schema)}.{Sql.Identifier(manifest.Table)} ({columns}) from stdin", cancellationToken);
            foreach (var segment in manifest.Segments)
                await copy.WriteAsync(Text(folder, segment));
        }
    }

    private static async Task<IReadOnlyList<(Manifest Manifest, string Folder)>> ManifestsAsync(string root, CancellationToken cancellationToken)
    {
        var found = new List<(Manifest, string)>();
        foreach (var file in Directory.GetFiles(root, "manifest.json", SearchOption.AllDirectories))
        {
            using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file, cancellationToken));
            found.Add((JournalJson.FromElement<Manifest>(document.RootElement), Path.GetDirectoryName(file)!));
        }
        return found;
    }

    private static string Text(string folder, Segment segment)
    {
        using var file = File.OpenRead(Path.Combine(folder, segment.File!));
        file.Position = segment.Offset;
        var frame = new byte[segment.Length];
        file.ReadExactly(frame);
        using var zstd = new StreamReader(new DecompressionStream(new MemoryStream(frame)), Encoding.UTF8);
        return zstd.ReadToEnd();
    }
}
