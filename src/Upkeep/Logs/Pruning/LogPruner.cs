using Upkeep.Files;
using Upkeep.Running;

namespace Upkeep.Logs.Pruning;

/// <summary>Finds archives that are too old, and removes them: only what was found, only in the folder where it was found, through no link.</summary>
public sealed class LogPruner(TimeProvider time)
{
    /// <param name="logs">Each with the folders that its archives may be in.</param>
    /// <exception cref="IOException">A folder can't be read.</exception>
    public IReadOnlyList<ArchiveVerdict> Look(IEnumerable<(string Log, IReadOnlyList<string> Folders)> logs, TimeSpan keep, int atLeast)
    {
        ArgumentNullException.ThrowIfNull(logs);
        var now = time.GetUtcNow();
        return [.. logs.SelectMany(log => LogPrunePolicy.Decide(ArchiveFiles.Of(log.Log, log.Folders), keep, atLeast, now)).DistinctBy(verdict => verdict.Archive.Path)];
    }

    /// <summary>Removes what is still what was looked at.</summary>
    /// <returns>What is gone, and what stayed and why.</returns>
    public static (IReadOnlyList<PrunedArchive> Removed, IReadOnlyList<RemovalFailure> Failed) Remove(IEnumerable<PrunedArchive> archives, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archives);
        var (removed, failed) = (new List<PrunedArchive>(), new List<RemovalFailure>());
        foreach (var inFolder in archives.GroupBy(archive => archive.Folder))
        {
            try
            {
                using var folder = FolderHandle.Open(inFolder.Key);
                foreach (var archive in inFolder)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (Remove(folder, archive) is { } problem)
                        failed.Add(new RemovalFailure(archive.Path, problem));
                    else
                        removed.Add(archive);
                }
                Durable.FlushFolder(inFolder.Key);
            }
            catch (IOException problem)
            {
                failed.AddRange(inFolder.Where(archive => !removed.Contains(archive)).Select(archive => new RemovalFailure(archive.Path, new Problem(problem.Message, "Look at the folder's rights and what it is."))));
            }
        }
        return (removed, failed);
    }

    private static Problem? Remove(FolderHandle folder, PrunedArchive archive)
    {
        // A number moves on when logrotate works: then the file of this name is another one.
        if (folder.Of(archive.Name) is { } now && (!now.IsRegular || (now.Device, now.Inode) != (archive.Device, archive.Inode)))
            return new Problem($"{archive.Path} is another file than a moment ago; it was left alone.", "Repeat: what is too old then will go.");
        try
        {
            // One that is gone already is what was wanted, for example before a kill.
            if (folder.Of(archive.Name) is not null)
                folder.Remove(archive.Name);
            return null;
        }
        catch (IOException problem)
        {
            return new Problem(problem.Message, "Run it as the folder's owner or as root.");
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
