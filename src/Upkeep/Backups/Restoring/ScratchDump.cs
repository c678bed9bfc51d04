using Npgsql;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Restoring;

/// <summary>
/// Makes a dump out of what can't be restored into a server that runs: a copy of a whole server, or SQL that might do anything there. It is restored on a
/// scratch server first, which goes again together with the dump.
/// </summary>
/// <param name="root">The platform's root.</param>
internal sealed class ScratchDump(ProgramDoor door, BackupSettings settings, string root)
{
    private static readonly TimeSpan _lockWait = TimeSpan.FromSeconds(10);

    /// <param name="bytes">What the scratch server and the dump may take.</param>
    /// <param name="restore">Restores on a scratch server in the folder that it is given.</param>
    /// <param name="use">Gets the dump's folder.</param>
    /// <returns>What went wrong, or null.</returns>
    public async Task<Problem?> UseAsync(long bytes, Func<string, Task<(RestoredCopy? Copy, Problem? Problem)>> restore, Func<string, Task<Problem?>> use, CancellationToken cancellationToken)
    {
        var (scratch, roomless) = await new ScratchFolders(door, settings.Restore, root).NewAsync(bytes, cancellationToken);
        if (scratch is null)
            return roomless;
        var (copy, unrestored) = await restore(scratch);
        if (copy is null)
            return unrestored;
        await using (copy)
        {
            var (dump, undumped) = await DumpAsync(copy, cancellationToken);
            return dump is null ? undumped : await use(dump);
        }
    }

    private async Task<(string? Dump, Problem? Problem)> DumpAsync(RestoredCopy copy, CancellationToken cancellationToken)
    {
        await using var snapshot = await SnapshotSession.ExportAsync(copy.Door, _lockWait, cancellationToken);
        var (programs, missing) = await DumpPrograms.FindAsync(door, settings.ProgramFolder, snapshot.Connection.PostgreSqlVersion.Major, cancellationToken);
        if (programs is null)
            return (null, missing);
        // In the scratch server's folder, so that it goes with that whatever happens to us.
        var dump = Path.Combine(copy.Cluster.Folder, BackupStore.DumpFolder);
        var environment = LibpqEnvironment.For(copy.Door.Settings, snapshot.Connection, DatabaseDoor.ApplicationName);
        var (_, problem) = await new PgDump(door, programs).RunAsync(dump, snapshot.Id, settings.Jobs, _lockWait, environment, _ => { }, cancellationToken);
        return (problem is null ? dump : null, problem);
    }
}
