using Npgsql;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Engines;

/// <summary>
/// Logical dumps. One transaction of ours holds a snapshot open; pg_dump writes in that snapshot while parallel sessions count and digest
/// every table in the very same one, so that the manifest speaks of exactly the rows in the dump, however busy the writers are.
/// </summary>
public sealed class PgDumpEngine(DatabaseDoor database, ProgramDoor door, BackupSettings settings, TimeProvider time) : IBackupEngine
{
    /// <summary>
    /// Longest wait for a table that someone has locked. Longer than the lock budget: a dump in the queue holds nobody up but those who
    /// want a table for themselves alone, and they wait for the same holder.
    /// </summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(10);

    public async Task<EngineFound> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var (programs, missing) = await DumpPrograms.FindAsync(door, settings.ProgramFolder, connection.PostgreSqlVersion.Major, cancellationToken);
        var unreadable = await BackupRights.LackingAsync(connection, cancellationToken);
        return new EngineFound(programs is null ? new Dictionary<string, string>() : Tools(programs), [.. new[] { missing, unreadable }.OfType<Problem>()]);
    }

    public async Task<(BackupManifest? Manifest, Problem? Problem)> WriteAsync(BackupRequest request, string part, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var started = time.GetUtcNow();
        await using var snapshot = await SnapshotSession.ExportAsync(database, LockWait, cancellationToken);
        var (programs, missing) = await DumpPrograms.FindAsync(door, settings.ProgramFolder, snapshot.Connection.PostgreSqlVersion.Major, cancellationToken);
        if (programs is null)
            return (null, missing);
        var scope = await DigestScope.ReadAsync(snapshot.Connection, cancellationToken);
        var bytes = await snapshot.Connection.ScalarAsync<long>("select pg_database_size(current_database())", cancellationToken);
        var progress = new BackupProgress(scope, settings.Jobs, request.Moved);
        // The folder's name is this attempt's own: a pg_dump that outlived a killed attempt can't write into it.
        var unfinished = Path.Combine(part, $"{BackupStore.DumpFolder}-{snapshot.Id}");

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var environment = LibpqEnvironment.For(database.Settings, snapshot.Connection, BackupTaker.ApplicationName(request.Name));
        var dumping = new PgDump(door, programs).RunAsync(unfinished, snapshot.Id, settings.Jobs, LockWait, environment, progress.DumpBegins, either.Token);
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
            Server = await BackupOwner.ServerOfAsync(snapshot.Connection, cancellationToken),
            ServerVersion = snapshot.Connection.PostgreSqlVersion.ToString(),
            Tools = Tools(programs),
            Compression = compression!,
            Snapshot = snapshot.Id,
            Traits = await DatabaseCopy.TraitsAsync(snapshot.Connection, cancellationToken),
            StartedAt = started,
            FinishedAt = time.GetUtcNow(),
            DatabaseBytes = bytes,
            Files = await BackupStore.DescribeAsync(part, cancellationToken),
            Content = digest!,
        }, null);
    }

    public async Task<Proof> ReadBackAsync(BackupManifest manifest, string folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var (programs, missing) = await DumpPrograms.FindAsync(door, settings.ProgramFolder, 0, cancellationToken);
        if (programs is null)
            return Proof.Missing(missing!.What, missing.Hint);
        var (contents, unreadable) = await DumpContents.ReadAsync(door, programs, Path.Combine(folder, BackupStore.DumpFolder), cancellationToken);
        if (contents is null)
            return Proof.Missing(unreadable!.What, unreadable.Hint);
        // A table needs a file of its own in the dump, not only an entry in its list.
        var files = manifest.Files.Select(file => Path.GetFileName(file.Path).Split('.')[0]).ToHashSet(StringComparer.Ordinal);
        var without = manifest.Content.Tables.Where(table => !HasRows(files, contents, table)).Select(table => table.Table().ToString()).ToList();
        return without.Count > 0
            ? Proof.Missing($"The dump lacks the rows of {string.Join(", ", without.Take(5))}.", "Take another: upkeep run --resume")
            : Proof.That($"pg_restore finds the rows of {(manifest.Content.Tables.Count == 1 ? "the one table" : $"all {manifest.Content.Tables.Count} tables")}");
    }

    public Task<(RestoredCopy? Copy, Problem? Problem)> RestoreAsync(BackupManifest manifest, string folder, RestoreRequest request, CancellationToken cancellationToken) =>
        new DumpRestorer(door, settings, time).RestoreAsync(manifest, Path.Combine(folder, BackupStore.DumpFolder), request, cancellationToken);

    /// <summary>Nothing of a dump lies outside its folder.</summary>
    public Task<Problem?> ForgetAsync(BackupManifest manifest, CancellationToken cancellationToken) => Task.FromResult<Problem?>(null);

    private static Dictionary<string, string> Tools(DumpPrograms programs) => new() { ["pg_dump"] = programs.Version };

    private static bool HasRows(HashSet<string> files, DumpContents contents, TableDigest table) =>
        contents.TableData.TryGetValue(table.Oid, out var id) && files.Contains(id.ToString(System.Globalization.CultureInfo.InvariantCulture));

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
            return (null, null, DigestProblem.Of(unread));
        if (dumping.IsCompletedSuccessfully && (await dumping).Problem is { } problem)
            return (null, null, problem);
        // What broke the look at the rows is the cause; that the dump was cancelled for it is not.
        if (digesting.IsFaulted && dumping.IsCanceled)
            await digesting;
        return ((await dumping).Compression, await digesting, null);
    }

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
}
