using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Physical;

/// <summary>Receives the server's log with pg_receivewal, from before the copy begins to a place behind the snapshot.</summary>
/// <param name="folder">Where the segments go; is there and empty.</param>
public sealed class WalReceiver(ProgramDoor door, PostgresPrograms programs, string folder, IReadOnlyDictionary<string, string?> environment)
{
    private const string Unfinished = ".partial";

    /// <summary>Receives until it is cancelled.</summary>
    /// <param name="began">Set once the first segment is being written: from then on nothing of the log is missed.</param>
    /// <returns>What ended it before, or null.</returns>
    public async Task<Problem?> FollowAsync(TaskCompletionSource began, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(began);
        try
        {
            using var watcher = new FileSystemWatcher(folder);
            watcher.Created += (_, _) => began.TrySetResult();
            watcher.EnableRaisingEvents = true;
            return await ReceiveAsync([], cancellationToken);
        }
        catch (IOException problem)
        {
            return new Problem($"The arrival of the server's log in {folder} can't be watched: {problem.Message}", "Where the machine's inotify instances are used up, allow more: sysctl fs.inotify.max_user_instances=512");
        }
        finally
        {
            began.TrySetResult();
        }
    }

    /// <summary>Goes on with the segment that is not full yet, up to a place, and gives that segment its name.</summary>
    public async Task<Problem?> FinishAsync(string place, CancellationToken cancellationToken)
    {
        // A receiver that was ended while it made a segment's file leaves one that the next refuses; an empty one is filled from its beginning.
        foreach (var file in Directory.EnumerateFiles(folder, "*" + Unfinished))
            Empty(file);
        if (await ReceiveAsync([$"--endpos={place}"], cancellationToken) is { } problem)
            return problem;
        // pg_receivewal writes segments in full length, so a partial one is what recovery wants, with zeros behind the place.
        foreach (var file in Directory.EnumerateFiles(folder, "*" + Unfinished).ToList())
            File.Move(file, file[..^Unfinished.Length]);
        return null;
    }

    /// <summary>Removes the segments that were received before the copy began: the server starts a new one for it.</summary>
    /// <param name="copy">The copy's folder, whose list names its beginning.</param>
    public async Task DropBeforeAsync(string copy, CancellationToken cancellationToken)
    {
        var beginning = (await ServerManifest.ReadAsync(copy, cancellationToken)).Ranges[0];
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => LogSegments.EndsBefore(Path.GetFileName(file), new FileInfo(file).Length, beginning)).ToList())
            File.Delete(file);
    }

    private static void Empty(string file)
    {
        using var stream = new FileStream(file, FileMode.Truncate);
    }

    private async Task<Problem?> ReceiveAsync(string[] more, CancellationToken cancellationToken)
    {
        // Without a loop: a lost connection is a failed backup, not a wait for a server that may never come back.
        var result = await door.RunAsync(programs["pg_receivewal"], [$"--directory={folder}", "--no-loop", "--no-password", .. more], environment, null, cancellationToken);
        return result.ExitCode == 0 ? null : ProgramFailures.Explain("pg_receivewal", result);
    }
}
