using Npgsql;
using Upkeep.Backups.Physical;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Engines;

/// <summary>
/// Physical copies of the whole server by pg_basebackup, with the server's log from before the copy to a place behind it. Counts and digests
/// are of the configured database, in a snapshot taken at a quiet instant (<see cref="QuietInstant"/>). Why so: docs/decisions/physical-backups.md.
/// </summary>
public sealed class PgBaseBackupEngine(DatabaseDoor database, ProgramDoor door, BackupSettings settings, TimeProvider time) : IBackupEngine
{
    private const string Copy = "base";
    private const string Log = "wal";

    /// <summary>Longest wait for a table that someone has locked, while digests are made.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to look for a quiet instant.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    public async Task<EngineFound> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var (programs, missing) = await ProgramsAsync(connection.PostgreSqlVersion.Major, cancellationToken);
        var rights = await BaseBackupRights.LackingAsync(database, connection, cancellationToken);
        var unreadable = await BackupRights.LackingAsync(connection, cancellationToken);
        return new EngineFound(programs is null ? new Dictionary<string, string>() : Tools(programs), [.. new[] { missing }.Concat(rights).Append(unreadable).OfType<Problem>()]);
    }

    public async Task<(BackupManifest? Manifest, Problem? Problem)> WriteAsync(BackupRequest request, string part, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var started = time.GetUtcNow();
        await using var connection = await database.OpenAsync(cancellationToken);
        var (programs, missing) = await ProgramsAsync(connection.PostgreSqlVersion.Major, cancellationToken);
        if (programs is null)
            return (null, missing);
        var server = new PhysicalServer(database, request.Name, LockWait, time) { Patience = Patience, Jobs = settings.Jobs };
        var progress = await PhysicalServer.ProgressAsync(connection, request.Moved, cancellationToken);

        var label = BackupTaker.ApplicationName(request.Name);
        var environment = LibpqEnvironment.For(database.Settings, connection, label);
        // The folder's name is this attempt's own: a program that outlived a killed attempt can't write into it.
        var unfinished = Directory.CreateDirectory(Path.Combine(part, $"{BackupStore.DumpFolder}-{Guid.NewGuid():N}")).FullName;
        var log = Directory.CreateDirectory(Path.Combine(unfinished, Log)).FullName;
        var (compression, stand, problem) = await CopyAsync(server, new BaseBackup(door, programs, connection.PostgreSqlVersion.Major),
            new WalReceiver(door, programs, log, environment), new CopyRequest(Path.Combine(unfinished, Copy), label, environment, progress.Copied), cancellationToken);
        if (stand is null)
            return (null, problem);
        await using var snapshot = stand.Snapshot;
        var content = await server.DigestAsync(stand, progress, cancellationToken);
        if (content.Problem is not null)
            return (null, content.Problem);
        Directory.Move(unfinished, Path.Combine(part, BackupStore.DumpFolder));
        return (await server.ManifestAsync(new PhysicalBackup(BackupEngineName.PgBaseBackup, request, started, Tools(programs), compression!, null), stand, content.Digest!, part, cancellationToken), null);
    }

    public async Task<Proof> ReadBackAsync(BackupManifest manifest, string folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var dump = Path.Combine(folder, BackupStore.DumpFolder);
        var (checker, _) = await PostgresPrograms.FindAsync(door, settings.ProgramFolder, Major(manifest), "postgresql", ["pg_waldump"], cancellationToken);
        return await new CopyReader(Path.Combine(dump, Copy), Path.Combine(dump, Log)).CheckAsync(manifest, checker is null ? null : (door, checker), cancellationToken);
    }

    public async Task<(RestoredCopy? Copy, Problem? Problem)> RestoreAsync(BackupManifest manifest, string folder, RestoreRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(request);
        var (programs, missing) = await PostgresPrograms.FindAsync(door, settings.ProgramFolder, Major(manifest), "postgresql", ["postgres", "initdb", "pg_ctl", "pg_controldata"], cancellationToken);
        if (programs is null)
            return (null, missing);
        var dump = Path.Combine(folder, BackupStore.DumpFolder);
        var layout = new CopyLayout(Path.Combine(dump, Copy), Path.Combine(dump, Log), request.Moved);
        // The log lies in the copy's own folder already, so there is no segment that a command could bring.
        return await new PhysicalRestorer(door, time).RestoreAsync(manifest, request, new PhysicalSource(programs.Folder, layout.LayOutAsync, _ => "false"), cancellationToken);
    }

    /// <summary>Nothing of a copy lies outside its folder.</summary>
    public Task<Problem?> ForgetAsync(BackupManifest manifest, CancellationToken cancellationToken) => Task.FromResult<Problem?>(null);

    private static async Task<(string? Compression, PhysicalStand? Stand, Problem? Problem)> CopyAsync(PhysicalServer server, BaseBackup copy, WalReceiver receiver, CopyRequest request, CancellationToken cancellationToken)
    {
        await using var hold = await server.HoldLogAsync(cancellationToken);
        using var following = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = receiver.FollowAsync(began, following.Token);
        string? compression = null;
        Problem? problem = null;
        try
        {
            // A receiver that fails before its first segment ends the wait as well.
            await Task.WhenAny(began.Task, log);
            if (!log.IsCompleted)
                (compression, problem) = await copy.RunAsync(request.Folder, request.Label, server.Jobs, request.Environment, request.Copied, cancellationToken);
        }
        finally
        {
            await following.CancelAsync();
            problem ??= await EndedAsync(log);
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (problem is not null)
            return (null, null, problem);
        var stand = await server.StandAsync(cancellationToken);
        if (await receiver.FinishAsync(await server.PassAsync(cancellationToken), cancellationToken) is { } lost)
        {
            await stand.Snapshot.DisposeAsync();
            return (null, null, lost);
        }
        await receiver.DropBeforeAsync(request.Folder, cancellationToken);
        return (compression, stand, null);
    }

    private static async Task<Problem?> EndedAsync(Task<Problem?> log)
    {
        await log.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return log.IsCanceled ? null : await log;
    }

    private Task<(PostgresPrograms? Programs, Problem? Problem)> ProgramsAsync(int major, CancellationToken cancellationToken) =>
        PostgresPrograms.FindAsync(door, settings.ProgramFolder, major, "postgresql-client", ["pg_basebackup", "pg_receivewal"], cancellationToken);

    private static int Major(BackupManifest manifest) => Version.Parse(manifest.ServerVersion).Major;

    private static Dictionary<string, string> Tools(PostgresPrograms programs) => new() { ["pg_basebackup"] = programs.Version };

    private sealed record CopyRequest(string Folder, string Label, IReadOnlyDictionary<string, string?> Environment, Action<long, long> Copied);
}
