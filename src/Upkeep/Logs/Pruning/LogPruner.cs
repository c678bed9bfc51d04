using Upkeep.Files;
using Upkeep.Logs.Logrotate;
using Upkeep.Logs.Rotation;
using Upkeep.Running;

namespace Upkeep.Logs.Pruning;

/// <summary>Finds archives that are too old, and removes them: only what was found, only in the folder where it was found, through no link.</summary>
public sealed class LogPruner(LogrotateNeighbour logrotate, TimeProvider time)
{
    /// <param name="logs">Each with the folders that its archives may be in.</param>
    /// <exception cref="IOException">A folder can't be read.</exception>
    public IReadOnlyList<ArchiveVerdict> Look(IEnumerable<(string Log, IReadOnlyList<string> Folders)> logs, TimeSpan keep, int atLeast)
    {
        ArgumentNullException.ThrowIfNull(logs);
        var now = time.GetUtcNow();
        return [.. logs.SelectMany(log => LogPrunePolicy.Decide(ArchiveFiles.Of(log.Log, log.Folders), keep, atLeast, now)).DistinctBy(verdict => verdict.Archive.Path)];
    }

    /// <summary>Removes what is still what was looked at, while neither a rotation of ours nor logrotate works there.</summary>
    /// <param name="done">Hears of each that was removed.</param>
    /// <param name="goOn">Asked before each; false leaves the rest.</param>
    /// <returns>What was removed by us, and what stayed and why. What somebody else had removed is in neither.</returns>
    public async Task<(IReadOnlyList<PrunedArchive> Removed, IReadOnlyList<RemovalFailure> Failed)> RemoveAsync(IEnumerable<PrunedArchive> archives, Action<PrunedArchive>? done, Func<bool> goOn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archives);
        ArgumentNullException.ThrowIfNull(goOn);
        var (removed, failed) = (new List<PrunedArchive>(), new List<RemovalFailure>());
        foreach (var inFolder in archives.GroupBy(archive => archive.Folder))
        {
            try
            {
                using var folder = FolderHandle.Open(inFolder.Key);
                using var only = await RotationLock.TakeAsync(inFolder.Key, time, cancellationToken);
                using var quiet = inFolder.Select(archive => archive.Log).Distinct(StringComparer.Ordinal).Any(log => logrotate.Of(log) is not null) ? await logrotate.HoldAsync(cancellationToken) : null;
                foreach (var archive in inFolder)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!goOn())
                        break;
                    var (isGone, problem) = Remove(folder, archive);
                    if (problem is not null)
                        failed.Add(new RemovalFailure(archive.Path, problem));
                    if (!isGone)
                        continue;
                    done?.Invoke(archive);
                    removed.Add(archive);
                }
                Durable.FlushFolder(inFolder.Key);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                failed.AddRange(inFolder.Where(archive => !removed.Contains(archive) && failed.All(failure => failure.Path != archive.Path)).Select(archive => new RemovalFailure(archive.Path, new Problem(problem.Message, (problem as IHinted)?.Hint ?? "Look at the folder's rights and what it is."))));
            }
        }
        return (removed, failed);
    }

    private static (bool IsGone, Problem? Problem) Remove(FolderHandle folder, PrunedArchive archive)
    {
        // Somebody else's work is what was wanted, and still not ours to tell.
        if (folder.Of(archive.Name) is not { } now)
            return (false, null);
        // A number moves on when logrotate works: then the file of this name is another one.
        if (!now.IsRegular || (now.Device, now.Inode) != (archive.Device, archive.Inode))
            return (false, new Problem($"{archive.Path} is another file than a moment ago; it was left alone.", "Repeat: what is too old then will go."));
        try
        {
            folder.Remove(archive.Name);
            return (true, null);
        }
        catch (IOException problem)
        {
            return (false, new Problem(problem.Message, "Run it as the folder's owner or as root."));
        }
    }
}

/// <summary>An archive that is to go, as it was found.</summary>
public sealed record PrunedArchive(string Log, string Folder, string Name, ulong Device, ulong Inode, long Bytes, DateOnly Day, string Why)
{
    public string Path => System.IO.Path.Combine(Folder, Name);

    public static PrunedArchive Of(ArchiveVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var (archive, facts) = (verdict.Archive, verdict.Archive.Facts);
        return new PrunedArchive(archive.Log, archive.Folder, archive.Name, facts.Device, facts.Inode, facts.Allocated, archive.Day, verdict.Why);
    }
}

public sealed record RemovalFailure(string Path, Problem Problem);
