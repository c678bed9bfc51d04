using Upkeep.Files;
using Upkeep.Postgres.Clusters;
using Upkeep.Running;

namespace Upkeep.Backups.Physical;

/// <summary>Lays a copy by pg_basebackup out as the data folder of a scratch server, with its table spaces beside it and its log inside.</summary>
/// <param name="copy">Folder of the archives.</param>
/// <param name="log">Folder of the segments of log.</param>
/// <param name="moved">Hears how many bytes of how many are read.</param>
internal sealed class CopyLayout(string copy, string log, Action<long, long, string?> moved)
{
    private const string Map = "tablespace_map";
    private long _read;

    public async Task<Problem?> LayOutAsync(ClusterFolder folder, ClusterPrograms programs, CancellationToken cancellationToken)
    {
        try
        {
            var spaces = Path.Combine(folder.Path, "tablespaces");
            await programs.MakeFolderAsync(spaces, cancellationToken);
            var archives = BackupArchive.Of(copy);
            var total = archives.Sum(archive => new FileInfo(archive.Path).Length);
            foreach (var archive in archives)
            {
                var target = archive.TableSpace is { } number ? Path.Combine(spaces, number) : folder.Data;
                RunFolder.Create(target);
                await archive.UnpackAsync(target, bytes => moved(Interlocked.Add(ref _read, bytes), total, archive.TableSpace ?? "data folder"), cancellationToken);
            }
            await MapAsync(folder.Data, spaces, cancellationToken);
            RunFolder.Create(Path.Combine(folder.Data, "pg_wal"));
            foreach (var segment in Directory.EnumerateFiles(log))
                File.Copy(segment, Path.Combine(folder.Data, "pg_wal", Path.GetFileName(segment)));
            await programs.OwnAsync(folder.Data, cancellationToken);
            await programs.OwnAsync(spaces, cancellationToken);
            return null;
        }
        catch (Exception problem) when (problem is InvalidDataException or ZstdSharp.ZstdException or FileNotFoundException or DirectoryNotFoundException)
        {
            return new Problem($"The copy can't be unpacked: {problem.Message}", "The backup is damaged. Look at it with: upkeep backup verify");
        }
        catch (IOException problem)
        {
            return new Problem($"The copy can't be unpacked to {folder.Path}: {problem.Message}", "Free space there, or name a larger disk under backup: restore: folder.");
        }
    }

    // The server makes the links to its table spaces from this map when it recovers; here they lie elsewhere.
    private static async Task MapAsync(string data, string spaces, CancellationToken cancellationToken)
    {
        var map = Path.Combine(data, Map);
        if (!File.Exists(map))
            return;
        var numbers = Directory.EnumerateDirectories(spaces).Select(Path.GetFileName);
        await File.WriteAllTextAsync(map, string.Concat(numbers.Select(number => $"{number} {Path.Combine(spaces, number!).Replace("\\", "\\\\", StringComparison.Ordinal)}\n")), cancellationToken);
    }
}
