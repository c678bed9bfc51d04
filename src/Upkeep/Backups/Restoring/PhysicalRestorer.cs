using Npgsql;
using Upkeep.Postgres;
using Upkeep.Postgres.Clusters;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Restoring;

/// <summary>Where a physical copy comes from.</summary>
/// <param name="Programs">Folder of the server programs of the copy's version.</param>
/// <param name="LayOut">Lays the copy's files out; what it throws or returns ends the restore.</param>
/// <param name="RestoreCommand">How the server gets a segment of log that isn't in the copy's own folder, as <c>restore_command</c> has it.</param>
internal sealed record PhysicalSource(string Programs, Func<ClusterFolder, ClusterPrograms, CancellationToken, Task<Problem?>> LayOut, Func<ClusterFolder, string> RestoreCommand);

/// <summary>Makes a scratch server of a physical copy: lays it out, recovers it up to the manifest's place in the log, and opens it to us alone.</summary>
public sealed class PhysicalRestorer(ProgramDoor door, TimeProvider time)
{
    // Nothing on a scratch server is to survive it, and its rows are to stay as they are.
    private static readonly string[] _forLooking = ["fsync = off", "full_page_writes = off", "autovacuum = off"];

    internal async Task<(RestoredCopy? Copy, Problem? Problem)> RestoreAsync(BackupManifest manifest, RestoreRequest request, PhysicalSource source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(request);
        if (manifest.Point is not { } point)
            return (null, new Problem($"The manifest of {manifest.Name} names no place in the server's log to recover up to.", "The backup is damaged, or not made by this program. Take another: upkeep backup create"));
        var (laidOut, recovered) = (TimeSpan.Zero, TimeSpan.Zero);
        var started = time.GetTimestamp();
        async Task<ClusterLogin> PrepareAsync(ClusterFolder folder, ClusterPrograms programs, CancellationToken token)
        {
            if (await source.LayOut(folder, programs, token) is { } problem)
                throw new ClusterException(problem.What, problem.Hint ?? "Look at the backup with: upkeep backup verify");
            laidOut = time.GetElapsedTime(started);
            var login = await new CopiedServer(folder, programs, time).RecoverAsync(manifest, point, source.RestoreCommand(folder), token);
            recovered = time.GetElapsedTime(started) - laidOut;
            return login;
        }
        try
        {
            var cluster = await TemporaryCluster.StartAsync(
                new ClusterSettings { Folder = request.Folder, ProgramFolder = source.Programs, Configuration = _forLooking, Prepare = PrepareAsync }, door, cancellationToken);
            return (new RestoredCopy(cluster, manifest.Name, manifest.Database,
            [
                new RestorePhase("files laid out", laidOut),
                new RestorePhase("log replayed", recovered),
                new RestorePhase("server started", time.GetElapsedTime(started) - laidOut - recovered),
            ]), null);
        }
        catch (ClusterException problem)
        {
            return (null, new Problem(problem.Message, problem.Hint));
        }
    }
}
