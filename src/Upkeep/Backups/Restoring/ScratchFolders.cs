using System.Globalization;
using System.Text.Json;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Postgres;
using Upkeep.Postgres.Clusters;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Restoring;

/// <summary>Where scratch servers live, and what dead runs left there.</summary>
/// <param name="root">The platform's root, below which they live where the configuration names no other place.</param>
public sealed class ScratchFolders(ProgramDoor door, RestoreSettings settings, string root)
{
    private const string Prefix = "scratch-";

    private static int _made;

    /// <summary>The folder for one more scratch server, which isn't made yet.</summary>
    /// <param name="databaseBytes">Size of the database that is to be restored.</param>
    public async Task<(string? Folder, Problem? Problem)> NewAsync(long databaseBytes, CancellationToken cancellationToken)
    {
        var (above, problem) = await AboveAsync(cancellationToken);
        if (above is null)
            return (null, problem);
        var needed = BackupRoom.OfScratch(databaseBytes);
        if (DiskSpace.Of(above) is { } space && space.FreeBytes < needed)
        {
            return (null, new Problem($"The scratch server may need {Amount.Bytes(needed)}, and {Amount.Bytes(space.FreeBytes)} are free in {above}.",
                "Free space there, or name a folder on a larger disk under backup: restore: folder."));
        }
        return (Path.Combine(above, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _made)}")), null);
    }

    /// <summary>Takes away the scratch servers of runs that were killed together with their janitor (a power cut, for example).</summary>
    /// <returns>The folders that were removed.</returns>
    public async Task<IReadOnlyList<string>> SweepAsync(CancellationToken cancellationToken)
    {
        var removed = new List<string>();
        foreach (var above in Candidates().Where(Directory.Exists))
        {
            foreach (var folder in Directory.GetDirectories(above, Prefix + "*").Where(folder => IsLeftBehind(folder) || IsBarelyBegun(folder)))
            {
                var marker = ClusterFolder.At(folder).Marker;
                if (!await AreOursAsync([above == Temporary ? above : folder, folder, .. File.Exists(marker) ? [marker] : Array.Empty<string>()], cancellationToken))
                    continue;
                if (File.Exists(marker))
                    await TemporaryCluster.RemoveAsync(folder, door, cancellationToken);
                else
                    Directory.Delete(folder, recursive: true);
                removed.Add(folder);
            }
        }
        return removed;
    }

    private static string Temporary => Path.Combine(Path.GetTempPath(), $"upkeep-scratch-{Environment.UserName}");

    private IReadOnlyList<string> Candidates() => settings.Folder is { } named ? [named] : [Path.Combine(root, "scratch"), Temporary];

    private async Task<(string? Above, Problem? Problem)> AboveAsync(CancellationToken cancellationToken)
    {
        foreach (var folder in Candidates())
        {
            var parent = Path.GetDirectoryName(folder);
            // Not made where it would be of no use: root's folders are closed to the server's user.
            if (settings.Folder is null && parent is not null && Directory.Exists(parent) && !await TemporaryCluster.CanLiveInAsync(parent, door, cancellationToken))
                continue;
            // The server's user passes through it, and nobody but us puts anything there.
            Directory.CreateDirectory(folder, RunFolder.OwnerOnlyFolder | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            // Anybody may have made the one in the temporary folder before us.
            if (folder == Temporary && !await AreOursAsync([folder], cancellationToken))
                return (null, new Problem($"{folder} belongs to somebody else.", "Remove it, or name a folder under backup: restore: folder."));
            if (await TemporaryCluster.CanLiveInAsync(folder, door, cancellationToken))
                return (folder, null);
        }
        return (null, new Problem($"A scratch server can't live in {string.Join(" or ", Candidates())}: the user it runs as can't get there.",
            "Name a folder that every user may pass through under backup: restore: folder."));
    }

    // Its maker was killed before it could write whose it is: its name says the process, and there is nothing in it.
    private static bool IsBarelyBegun(string folder) =>
        new DirectoryInfo(folder).LinkTarget is null
        && int.TryParse(Path.GetFileName(folder)[Prefix.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var maker) && ProcessIdentity.Of(maker) is null
        && Directory.EnumerateFileSystemEntries(folder).All(path => path == ClusterFolder.At(folder).Marker + ".part");

    // A folder without a marker is not ours, or not yet: a live process is just making it.
    private static bool IsLeftBehind(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).LinkTarget is null && ClusterFolder.At(folder).Claimed() is { Owner.IsAlive: false };
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // What can't be read proves nobody's death.
            return false;
        }
    }

    // A marker names programs that are run to stop the server: one that somebody else wrote must not be believed.
    private async Task<bool> AreOursAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var result = await door.RunAsync("stat", ["--format=%u", "--", "/proc/self/stat", .. paths], new Dictionary<string, string?>(), null, cancellationToken);
        return result.ExitCode == 0 && result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count() == 1;
    }
}
