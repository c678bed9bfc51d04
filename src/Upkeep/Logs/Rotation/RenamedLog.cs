using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>
/// A log that has given its name to an empty file, from there to its archive. What it is about is told by inodes: whichever file bears which
/// name, no line is in two files, and none is removed before it is in an archive that was read back.
/// </summary>
internal sealed class RenamedLog(Reopening reopening, TimeProvider time)
{
    private static readonly TimeSpan _usualWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(20);

    public async Task<RotationOutcome> FinishAsync(RotationRequest request, CancellationToken cancellationToken)
    {
        var left = RenameIntent.Left(request.Path, request.Folder);
        RenameIntent.Sweep(request.Path, left);
        var outcome = RotationOutcome.Told([.. RenameIntent.Strays(request.Path, left).Select(stray =>
            $"{stray} holds lines of {request.Path}, and no rotation in {request.Folder} knows of it: archive it by hand, or rotate once into the folder that it was meant for.")]);
        foreach (var intent in left.Where(Settle))
        {
            outcome = (await GoOnAsync(intent, request, cancellationToken)).After(outcome);
            if (outcome.Problem is not null)
                break;
        }
        return outcome;
    }

    /// <summary>Finds out how far a rotation came.</summary>
    /// <returns>False where nothing is left to do: the log still has its name, or is archived already.</returns>
    public static bool Settle(RenameIntent intent)
    {
        if (FileFacts.Of(intent.Renamed) is not { } renamed)
            return Forget(intent);
        if (intent.IsLog(renamed))
            return true;
        if (intent.IsNew(renamed))
        {
            // Not renamed yet, or put back already; save where somebody wrote into the new file just then: both are to be what they were.
            if (!Forget(intent))
                return false;
            if (intent.IsLog(FileFacts.Of(intent.Path)))
                FileNames.Exchange(intent.Path, intent.Renamed);
            return true;
        }
        // Somebody else had given the log's name to a file of theirs at the last moment: that file gets it back.
        if (intent.IsNew(FileFacts.Of(intent.Path)))
        {
            FileNames.Exchange(intent.Path, intent.Renamed);
            return Settle(intent);
        }
        return true;
    }

    /// <summary>Drops the note, where nothing was renamed or nothing is left.</summary>
    /// <returns>True where something is left to do: the file has lines, or somebody who may write some, and only the note tells of it.</returns>
    public static bool Forget(RenameIntent intent)
    {
        // In this order: one who writes and lets go between the two looks is seen by the second.
        if (IsHeld(intent.Renamed) || FileFacts.Of(intent.Renamed) is { Size: > 0 })
            return true;
        File.Delete(intent.Renamed);
        RotationNote.Remove(intent.File);
        return false;
    }

    /// <summary>Tells the writers, waits for them, and archives what they have let go of.</summary>
    public async Task<RotationOutcome> GoOnAsync(RenameIntent intent, RotationRequest request, CancellationToken cancellationToken)
    {
        Problem? problem;
        try
        {
            problem = await LetGoAsync(intent, request.Reopen, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            PutBack(intent, new Problem("Stopped on request."));
            throw;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problem = new Problem($"The writers of {intent.Path} could not be told to open it anew: {failure.Message}", "Mend what is said.");
        }
        if (problem is not null)
            return RotationOutcome.Failed(PutBack(intent, problem));
        string[] notices = intent.WasHeld && !IsHeld(intent.Path) ? [$"Whoever wrote {intent.Path} has closed it, and has not opened the new file yet."] : [];
        try
        {
            return Archive(intent, request, cancellationToken) is { } rotated ? new RotationOutcome([rotated], null, notices) : RotationOutcome.Nothing("nothing had been written to it");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            File.Delete(intent.Part);
            return RotationOutcome.Failed(new Problem($"{intent.Path} was renamed and could not be archived: {failure.Message}", FileFacts.Of(intent.Renamed) is null ? "Look who took it away; nobody but a rotation has to do with it."
                : $"Its lines are whole in {intent.Renamed}. Mend what is said, and repeat: it goes on from there."));
        }
    }

    private async Task<Problem?> LetGoAsync(RenameIntent intent, ReopenSettings? reopen, CancellationToken cancellationToken)
    {
        if (!IsHeld(intent.Renamed) && !(intent.WasHeld && !IsHeld(intent.Path)))
            return null;
        var writers = FileFacts.Of(intent.Renamed) is { } facts ? OpenFiles.Of(facts).Writers : throw new FileNotFoundException($"{intent.Renamed} is gone.");
        // Those who let go of it by themselves needn't be told.
        if (reopen is { } how && IsHeld(intent.Renamed) && await reopening.TellAsync(how, intent.Path, writers, cancellationToken) is { } untold && IsHeld(intent.Renamed))
            return untold;
        var (since, wait) = (time.GetTimestamp(), reopen?.Wait ?? _usualWait);
        while (IsHeld(intent.Renamed) || (intent.WasHeld && !IsHeld(intent.Path)))
        {
            if (time.GetElapsedTime(since) < wait)
                await Task.Delay(_betweenLooks, time, cancellationToken);
            else if (!IsHeld(intent.Renamed))
                return null;
            else
                return new Problem($"{Holders(intent.Renamed)} still had {intent.Path} open {Amount.Duration(wait)} after {(reopen is null ? "it was renamed, and nothing says how they are told" : "being told to open it anew")}.", "Look whether its writer does that on what it is told; if it can't, let the log be collapsed (way: collapse).");
        }
        return null;
    }

    /// <summary>The log gets its name back, while the file that took it is still empty and nobody's; else both stay, and each goes on having its lines.</summary>
    private static Problem PutBack(RenameIntent intent, Problem problem)
    {
        try
        {
            if (!IsHeld(intent.Path) && FileFacts.Of(intent.Path) is { Size: 0 } fresh && intent.IsNew(fresh) && intent.IsLog(FileFacts.Of(intent.Renamed)))
            {
                FileNames.Exchange(intent.Path, intent.Renamed);
                // From here on nobody comes to the new file by its name. Who had come before keeps it.
                if (!Forget(intent))
                    return problem with { What = $"{problem.What} The log has its name back, and nothing of it was changed." };
                FileNames.Exchange(intent.Path, intent.Renamed);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Problem($"{problem.What} {intent.Path} could not be given its name back either: {failure.Message} Its lines are whole in {(intent.IsLog(FileFacts.Of(intent.Path)) ? intent.Path : intent.Renamed)}.",
                $"{problem.Hint} Then repeat: it goes on from there.".TrimStart());
        }
        if (FileFacts.Of(intent.Renamed) is null)
            return new Problem($"{problem.What} Somebody else took {intent.Renamed} away, which has the lines before.", "Look who did: nobody but a rotation has to do with it.");
        return new Problem($"{problem.What} Others write into the new {intent.Path} already: the lines before are in {intent.Renamed}, none lost and none twice, until they can be archived.",
            $"{problem.Hint} Then repeat: it goes on from there.".TrimStart());
    }

    private static Rotated? Archive(RenameIntent intent, RotationRequest request, CancellationToken cancellationToken)
    {
        var facts = FileFacts.Of(intent.Renamed) ?? throw new FileNotFoundException($"{intent.Renamed} is gone.");
        Rotated? rotated = null;
        using (var log = LogFile.Open(intent.Renamed, facts, FileAccess.Read))
        {
            // Asked before the length: lines that came before the answer are counted, and none comes after it.
            if (IsHeld(intent.Renamed))
                throw new IOException($"somebody has {intent.Renamed} open for writing again.");
            var (start, end) = (LogFile.Start(log), RandomAccess.GetLength(log));
            if (end > start)
            {
                rotated = Archived(intent, facts, log, (start, end), cancellationToken);
                request.Done?.Invoke(rotated);
            }
        }
        File.Delete(intent.Renamed);
        Durable.FlushFolder(Path.GetDirectoryName(intent.Renamed)!);
        RotationNote.Remove(intent.File);
        return rotated;
    }

    private static Rotated Archived(RenameIntent intent, FileFacts facts, Microsoft.Win32.SafeHandles.SafeFileHandle log, (long Start, long End) lines, CancellationToken cancellationToken)
    {
        CopiedRange copied;
        // It bears its own name already where we were killed before the log was removed.
        if (File.Exists(intent.Archive))
        {
            copied = LogArchive.Look(log, lines.Start, lines.End);
            LogArchive.Prove(intent.Archive, copied, intent.Compression);
        }
        else
        {
            File.Delete(intent.Part);
            copied = LogArchive.Write(intent.Part, log, lines.Start, lines.End, intent.Compression, facts, cancellationToken);
            if (IsHeld(intent.Renamed) || RandomAccess.GetLength(log) != lines.End)
                throw new IOException($"somebody wrote to {intent.Renamed} while it was archived.");
            File.Move(intent.Part, intent.Archive, overwrite: false);
            Durable.FlushFolder(Path.GetDirectoryName(intent.Archive)!);
        }
        return Rotated.Of(intent, copied, LogWay.Rename);
    }

    // What can't be told counts as held: nothing is removed on a guess.
    private static bool IsHeld(string path) =>
        FileFacts.Of(path) is { } facts && (FileLease.IsFreeOfWriters(path) is { } free ? !free : OpenFiles.Of(facts) is not { Writers.Count: 0, Unseen: 0 });

    private static string Holders(string path) =>
        FileFacts.Of(path) is { } facts && OpenFiles.Of(facts).Writers is { Count: > 0 } writers
            ? string.Join(", ", writers.DistinctBy(writer => writer.Process).Take(3).Select(writer => $"{writer.Name} (process {writer.Process})")) : "A process that we may not see";
}
