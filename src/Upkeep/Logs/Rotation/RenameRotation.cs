using Upkeep.Files;
using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>
/// Rotates a log whose writers open it anew when told: an empty file takes its name at the instant at which it gets another, the writers are told,
/// and once nobody has the old file open for writing any more it is archived and removed. May be killed between any two of its calls.
/// </summary>
internal sealed class RenameRotation(Reopening reopening, TimeProvider time)
{
    private readonly RenamedLog _renamed = new(reopening, time);

    /// <summary>Finishes what earlier rotations of the log have begun.</summary>
    public Task<RotationOutcome> FinishAsync(RotationRequest request, CancellationToken cancellationToken) => _renamed.FinishAsync(request, cancellationToken);

    /// <summary>Rotates. The caller holds the lock, and has finished what was unfinished.</summary>
    /// <exception cref="IOException">Nothing was renamed.</exception>
    public async Task<RotationOutcome> RotateAsync(RotationRequest request, FileFacts facts, CancellationToken cancellationToken)
    {
        var (seen, held, unknown) = LogFile.Writers(request.Path, facts);
        if ((unknown ?? Obstacle(request, seen, held)) is { } obstacle)
            return RotationOutcome.Failed(obstacle);
        using (var log = LogFile.Open(request.Path, facts, FileAccess.Read))
        {
            if (RandomAccess.GetLength(log) <= LogFile.Start(log))
                return RotationOutcome.Nothing("it holds nothing that isn't in an archive");
        }
        var now = time.GetUtcNow();
        var archive = ArchiveName.Free(request, now);
        var renamed = RenameIntent.NameOf(request.Path, archive);
        var (fresh, problem) = Successor(request.Path, facts, renamed);
        if (fresh is null)
            return RotationOutcome.Failed(problem!);
        var intent = new RenameIntent(request.Path, renamed, archive, facts.Device, facts.Inode, fresh.Inode, held, now) { Compression = request.Compression };
        try
        {
            RotationNote.Write(intent.File, intent);
            FileNames.Exchange(intent.Path, intent.Renamed);
        }
        catch
        {
            RenamedLog.Forget(intent);
            throw;
        }
        Durable.FlushFolder(Path.GetDirectoryName(intent.Path)!);
        return RenamedLog.Settle(intent) ? await _renamed.GoOnAsync(intent, request, cancellationToken)
            : RotationOutcome.Failed(new Problem($"Somebody else renamed {request.Path} at the same moment; nothing of it was changed.", "Look who else rotates it (logrotate?), and leave it to one."));
    }

    private static Problem? Obstacle(RotationRequest request, IReadOnlyList<FileWriter> seen, bool held) => (held, request.Reopen) switch
    {
        (false, _) => null,
        (true, null) => new Problem($"{(seen.Count > 0 ? $"{seen[0].Name} (process {seen[0].Process})" : "A process that we may not see")} has {request.Path} open for writing, and nothing says how it is told to open it anew.",
            "Say how (reopen: a signal, a command or a unit), or let the log be collapsed."),
        (true, { } how) => Reopening.Obstacle(how, request.Path, seen),
    };

    /// <summary>The empty file that will take the log's name; like the log in everything but what it holds.</summary>
    private static (FileFacts? Fresh, Problem? Problem) Successor(string path, FileFacts facts, string renamed)
    {
        using var log = LogFile.Open(path, facts, FileAccess.Read);
        using var made = new FileStream(renamed, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = RunFolder.OwnerOnlyFile });
        try
        {
            facts.Dress(log, made.SafeFileHandle, renamed);
            var fresh = FileFacts.Of(made.SafeFileHandle);
            if ((fresh.User, fresh.Group) == (facts.User, facts.Group))
                return (fresh, null);
            File.Delete(renamed);
            return (null, new Problem($"The file that would take the name of {path} can't be given to user {facts.User} and group {facts.Group}: its writer might not be able to open it.", "Run it as the log's owner or as root."));
        }
        catch
        {
            File.Delete(renamed);
            throw;
        }
    }
}
