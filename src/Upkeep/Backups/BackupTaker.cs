using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups;

/// <summary>What to take.</summary>
/// <param name="Moved">Hears how many bytes of how many are done (estimates), and the table that was last begun.</param>
public sealed record BackupRequest(string Name, string Run, DumpPrograms Programs, Action<long, long, string?> Moved);

/// <summary>
/// Takes a backup. One transaction of ours holds a snapshot open; pg_dump writes in that snapshot while parallel sessions count and digest
/// every table in the very same one, so that the manifest speaks of exactly the rows in the dump, however busy the writers are.
/// </summary>
public sealed class BackupTaker(DatabaseDoor database, ProgramDoor door, BackupSettings settings, TimeProvider time)
{
    private readonly BackupStore _store = new(settings.Folder);

    /// <summary>
    /// Longest wait for a table that someone has locked. Longer than the lock budget: a dump in the queue holds nobody up but those who
    /// want a table for themselves alone, and they wait for the same holder.
    /// </summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <returns>The manifest of the finished backup, or what kept it from being made; then nothing is left on disk.</returns>
    public async Task<(BackupManifest? Manifest, Problem? Problem)> TakeAsync(BackupRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var application = $"{DatabaseDoor.ApplicationName} {request.Name}";
        var committed = false;
        try
        {
            if (Directory.Exists(_store.Part(request.Name)))
                await EndOrphansAsync(application, cancellationToken);
            var part = _store.Begin(request.Name);
            var (manifest, problem) = await WriteAsync(request, part, application, cancellationToken);
            if (manifest is null)
                return (null, problem);
            await _store.CommitAsync(manifest, cancellationToken);
            committed = true;
            return (manifest, null);
        }
        catch (IOException problem)
        {
            return (null, new Problem($"The backup can't be written to {settings.Folder}: {problem.Message}", "Free space there or name another folder under backup: folder, then: upkeep run --resume"));
        }
        finally
        {
            if (!committed)
                _store.Discard(request.Name);
        }
    }

    private async Task<(BackupManifest?, Problem?)> WriteAsync(BackupRequest request, string part, string application, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        await using var snapshot = await SnapshotSession.ExportAsync(database, LockWait, cancellationToken);
        var scope = await DigestScope.ReadAsync(snapshot.Connection, cancellationToken);
        var bytes = await snapshot.Connection.ScalarAsync<long>("select pg_database_size(current_database())", cancellationToken);
        var progress = new BackupProgress(scope, settings.Jobs, request.Moved);
        // The folder's name is this attempt's own: a pg_dump that outlived a killed attempt can't write into it.
        var unfinished = Path.Combine(part, $"{BackupStore.DumpFolder}-{snapshot.Id}");

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var environment = LibpqEnvironment.For(database.Settings, snapshot.Connection, application);
        var dumping = new PgDump(door, request.Programs).RunAsync(unfinished, snapshot.Id, settings.Jobs, LockWait, environment, progress.DumpBegins, either.Token);
        var digesting = new DigestReader(database).ReadAsync(snapshot, scope, settings.Jobs, LockWait, progress.Digested, either.Token);
        var (compression, digest, problem) = await BothAsync(dumping, digesting, either, cancellationToken);
        if (problem is not null)
            return (null, await WithBlockersAsync(problem, cancellationToken));

        Directory.Move(unfinished, Path.Combine(part, BackupStore.DumpFolder));
        return (new BackupManifest
        {
            Name = request.Name,
            Run = request.Run,
            Database = snapshot.Connection.Database,
            ServerVersion = snapshot.Connection.PostgreSqlVersion.ToString(),
            DumpVersion = request.Programs.Version,
            Compression = compression!,
            Snapshot = snapshot.Id,
            StartedAt = started,
            FinishedAt = time.GetUtcNow(),
            DatabaseBytes = bytes,
            Files = await BackupStore.DescribeAsync(part, cancellationToken),
            Content = digest!,
        }, null);
    }

    // Whichever fails first ends the other: half of a proof is worth nothing, and the snapshot holds vacuum back.
    private static async Task<(string?, DatabaseDigest?, Problem?)> BothAsync(Task<(string? Compression, Problem? Problem)> dumping, Task<DatabaseDigest> digesting,
        CancellationTokenSource either, CancellationToken cancellationToken)
    {
        var first = await Task.WhenAny(dumping, digesting);
        if (first.IsFaulted || first.IsCanceled || (first == dumping && (await dumping).Problem is not null))
            await either.CancelAsync();
        await Task.WhenAll(dumping, digesting).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        cancellationToken.ThrowIfCancellationRequested();
        if (digesting.Exception?.InnerException is DigestException unread)
            return (null, null, new Problem($"{unread.Table.Name} can't be read: {unread.Cause.MessageText}", Hint(unread)));
        if (dumping.IsCompletedSuccessfully && (await dumping).Problem is { } problem)
            return (null, null, problem);
        // What broke the look at the rows is the cause; that the dump was cancelled for it is not.
        if (digesting.IsFaulted && dumping.IsCanceled)
            await digesting;
        return ((await dumping).Compression, await digesting, null);
    }

    private static string Hint(DigestException unread) => unread.Cause.SqlState switch
    {
        Npgsql.PostgresErrorCodes.LockNotAvailable => "Somebody held the table locked. Wait for them to end, then: upkeep run --resume",
        Npgsql.PostgresErrorCodes.UndefinedTable => "It was dropped while the backup began. Run again: upkeep run --resume",
        Npgsql.PostgresErrorCodes.InsufficientPrivilege => $"Issue: GRANT SELECT ON {unread.Table.Name.Quoted} TO the role of database.url, then: upkeep run --resume",
        Npgsql.PostgresErrorCodes.AdminShutdown or Npgsql.PostgresErrorCodes.CrashShutdown or Npgsql.PostgresErrorCodes.CannotConnectNow =>
            "The server was stopped, or this session ended by somebody. When the database is back: upkeep run --resume",
        _ => "Look at the server's log: if the table is damaged, no backup can be made of it until it is mended.",
    };

    private async Task<Problem> WithBlockersAsync(Problem problem, CancellationToken cancellationToken)
    {
        if (!problem.What.Contains("lock", StringComparison.OrdinalIgnoreCase))
            return problem;
        await using var connection = await database.OpenAsync(cancellationToken);
        var holders = await LockHolders.OfAsync(connection, null, LockHolders.AgainstReading, cancellationToken);
        return holders.Count == 0
            ? problem with { What = $"{problem.What} (whoever held the lock is gone by now)" }
            : problem with { What = $"{problem.What} {string.Join("; ", holders.Take(5).Select(holder => $"{holder.Table}: {holder}"))}" };
    }

    // A killed upkeep leaves its pg_dump running, which would go on writing into the folder that is to be removed.
    // Only sessions of this very backup, by name and role, are ended.
    private async Task EndOrphansAsync(string application, CancellationToken cancellationToken)
    {
        const string ours = "from pg_stat_activity where application_name = left($1, 63) and usename = current_user and datname = current_database()";
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ScalarAsync<long>($"select count(pg_terminate_backend(pid)) {ours}", cancellationToken, application);
        while (await connection.ScalarAsync<long>($"select count(*) {ours}", cancellationToken, application) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
    }
}
