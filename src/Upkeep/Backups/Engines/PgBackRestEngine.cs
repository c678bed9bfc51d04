using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Upkeep.Backups.Physical;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Engines;

/// <summary>
/// Physical backups in pgBackRest's own repository; our folder holds the manifest and what the repository says of the backup. Counts and
/// digests are of the configured database, in a snapshot taken at a quiet instant (<see cref="QuietInstant"/>). Why so: docs/decisions/physical-backups.md.
/// </summary>
public sealed partial class PgBackRestEngine(DatabaseDoor database, ProgramDoor door, BackupSettings settings, TimeProvider time) : IBackupEngine
{
    // A backup of differences needs its full one; the longer that is ago, the more there is to lose with it and to copy.
    private static readonly TimeSpan _fullEvery = TimeSpan.FromDays(13);

    private readonly PgBackRest _program = new(door, settings.PgBackRest);

    /// <summary>Longest wait for a table that someone has locked, while digests are made.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to look for a quiet instant.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long to wait until the log up to the snapshot's place is in the repository.</summary>
    public TimeSpan ArchivePatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long another pgbackrest on the stanza is waited for: one of ours that was killed a moment ago is just putting its affairs in order.</summary>
    public TimeSpan BusyPatience { get; init; } = TimeSpan.FromSeconds(30);

    public async Task<EngineFound> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var unreadable = await BackupRights.LackingAsync(connection, cancellationToken);
        var (version, missing) = await _program.VersionAsync(cancellationToken);
        if (version is null)
            return new EngineFound(new Dictionary<string, string>(), [.. new[] { missing, unreadable }.OfType<Problem>()]);
        var (info, unknown) = await _program.InfoAsync(cancellationToken);
        var rights = info is null ? [] : await RestRights.LackingAsync(connection, info, cancellationToken);
        return new EngineFound(Tools(version), [.. new[] { unknown }.Concat(rights).Append(unreadable).OfType<Problem>()]);
    }

    public async Task<(BackupManifest? Manifest, Problem? Problem)> WriteAsync(BackupRequest request, string part, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var started = time.GetUtcNow();
        await using var connection = await database.OpenAsync(cancellationToken);
        var (version, missing) = await _program.VersionAsync(cancellationToken);
        if (version is null)
            return (null, missing);
        var server = new PhysicalServer(database, request.Name, LockWait, time) { Patience = Patience, Jobs = settings.Jobs };
        var progress = await PhysicalServer.ProgressAsync(connection, request.Moved, cancellationToken);
        foreach (var orphan in await OrphansAsync(cancellationToken))
            await ClearAsync(orphan, cancellationToken);
        var (backup, problem) = await BackUpAsync(request.Name, version, progress, cancellationToken);
        if (backup is null)
            return (null, problem);
        BackupManifest? manifest = null;
        try
        {
            (manifest, problem) = await DescribedAsync(backup, new PhysicalBackup(BackupEngineName.PgBackRest, request, started, Tools(version), "pgbackrest", backup.Label), (server, progress), part, cancellationToken);
            return (manifest, problem);
        }
        finally
        {
            // Without a manifest nobody would ever let it expire. Also where we were cancelled: it is quickly done, and what fails is left to the next.
            if (manifest is null)
                await ClearAsync(backup.Label, CancellationToken.None);
        }
    }

    private async Task<(BackupManifest? Manifest, Problem? Problem)> DescribedAsync(RestBackup backup, PhysicalBackup made, (PhysicalServer Server, PhysicalProgress Progress) at, string part, CancellationToken cancellationToken)
    {
        var (server, progress) = at;
        var stand = await server.StandAsync(cancellationToken);
        await using var snapshot = stand.Snapshot;
        var (content, unread) = await server.DigestAsync(stand, progress, cancellationToken);
        if (content is null)
            return (null, unread);
        if (await ArchivedAsync(backup, await server.PassAsync(cancellationToken), cancellationToken) is { } notArchived)
            return (null, notArchived);
        await RunFolder.WriteAsync(part, $"{BackupStore.DumpFolder}/pgbackrest.json", "application/json", JsonSerializer.Serialize(backup, RestInfo.Json), cancellationToken);
        return (await server.ManifestAsync(made, stand, content, part, cancellationToken), null);
    }

    public async Task<Proof> ReadBackAsync(BackupManifest manifest, string folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var (found, problem) = await FindBackupAsync(manifest, cancellationToken);
        if (found is null)
            return Proof.Missing(problem!.What, problem.Hint);
        var (version, _) = await _program.VersionAsync(cancellationToken);
        var (text, failed) = await _program.VerifyAsync(found.Label, version!, cancellationToken);
        if (text is null)
            return Proof.Missing(failed!.What, failed.Hint);
        const string look = "Look at: pgbackrest verify --output=text. Take another backup, and mend the repository's disk.";
        if (!Regex.IsMatch(text, $"backup: {Regex.Escape(found.Label)}, status: valid,", RegexOptions.CultureInvariant))
            return Proof.Missing($"pgbackrest finds {found.Label} damaged: {string.Join("; ", text.Split('\n').Where(line => line.Contains($"{found.Label},", StringComparison.Ordinal)).Select(line => line.Trim()))}", look);
        var torn = WholeLog().Matches(text).FirstOrDefault(match => match.Groups["all"].Value != match.Groups["valid"].Value);
        return torn is not null
            ? Proof.Missing($"pgbackrest finds damaged log in its archive: {torn.Value.Trim()}", look)
            : Proof.That($"pgbackrest finds {found.Label} and its archive whole");
    }

    public async Task<(RestoredCopy? Copy, Problem? Problem)> RestoreAsync(BackupManifest manifest, string folder, RestoreRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(request);
        var (programs, missing) = await PostgresPrograms.FindAsync(door, settings.ProgramFolder, Version.Parse(manifest.ServerVersion).Major, "postgresql",
            ["postgres", "initdb", "pg_ctl", "pg_controldata"], cancellationToken);
        if (programs is null)
            return (null, missing);
        var (found, problem) = await FindBackupAsync(manifest, cancellationToken);
        if (found is null)
            return (null, problem);
        return await new PhysicalRestorer(door, time).RestoreAsync(manifest, request, new PhysicalSource(programs.Folder, async (cluster, server, token) =>
        {
            var spaces = Path.Combine(cluster.Path, "tablespaces");
            await server.MakeFolderAsync(spaces, token);
            return await _program.RestoreAsync(found.Label, cluster.Data, spaces, settings.Jobs, token);
        }, cluster => _program.RestoreCommand(cluster.Data)), cancellationToken);
    }

    /// <summary>Removes the backup from the repository, unless others are made of differences to it.</summary>
    public async Task<Problem?> ForgetAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return manifest.Label is { } label ? await ClearAsync(label, cancellationToken) : null;
    }

    public async Task<IReadOnlyList<string>> DependentsAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return (await _program.InfoAsync(cancellationToken)).Info?.Dependents(manifest.Label ?? "") ?? [];
    }

    public async Task<IReadOnlyList<string>> OrphansAsync(CancellationToken cancellationToken) =>
        (await _program.InfoAsync(cancellationToken)).Info is { } info ? await new RestOrphans(settings.Folder).OfAsync(info, cancellationToken) : [];

    public async Task<Problem?> ClearAsync(string orphan, CancellationToken cancellationToken)
    {
        var (info, problem) = await _program.InfoAsync(cancellationToken);
        if (info is null)
            return problem;
        if (info.Find(orphan) is null)
            return null;
        var dependents = info.Dependents(orphan);
        return dependents.Count > 0
            ? new Problem($"{orphan} is needed by {string.Join(", ", dependents)}, which would go with it.", "It goes when they have gone.")
            : await _program.ExpireAsync(orphan, cancellationToken);
    }

    private async Task<(RestBackup? Backup, Problem? Problem)> BackUpAsync(string name, Version version, PhysicalProgress progress, CancellationToken cancellationToken)
    {
        var (before, unknown) = await _program.InfoAsync(cancellationToken);
        if (before is null)
            return (null, unknown);
        var started = time.GetTimestamp();
        while (await _program.BackUpAsync(Type(before), new RestOrphans(settings.Folder).Annotations(name), version, settings.Jobs, share => progress.Copied((long)(share * 100), 10_000), cancellationToken) is { } problem)
        {
            if (!PgBackRest.IsBusy(problem) || time.GetElapsedTime(started) > BusyPatience)
                return (null, problem);
            await Task.Delay(TimeSpan.FromMilliseconds(250), time, cancellationToken);
        }
        var (after, lost) = await _program.InfoAsync(cancellationToken);
        // Labels are times: of what came meanwhile the newest is ours, as pgbackrest makes one backup of a stanza at a time.
        var made = after?.Backups.Where(backup => before.Find(backup.Label) is null).MaxBy(backup => backup.Timestamp.Stop);
        return made switch
        {
            null => (null, lost ?? new Problem("pgbackrest ended well, and its repository shows no new backup.", "Look at: pgbackrest info")),
            { Error: true } => (null, await ClearAsync(made.Label, CancellationToken.None) ?? new Problem($"pgbackrest found pages with wrong checksums while it copied them ({made.Label}).", "The server's own files are damaged. See pgbackrest's log for the files, and look at the disk.")),
            _ => (made, null),
        };
    }

    private string Type(RestInfo info) =>
        info.Backups.Any(backup => backup is { Type: "full", Error: not true } && backup.Database.Id == info.Databases[^1].Id
            && time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(backup.Timestamp.Stop) < _fullEvery) ? "diff" : "full";

    private async Task<(RestBackup? Backup, Problem? Problem)> FindBackupAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var (info, problem) = await _program.InfoAsync(cancellationToken);
        if (info is null)
            return (null, problem);
        return info.Find(manifest.Label ?? "") is { } found
            ? (found, null)
            : (null, new Problem($"pgbackrest's repository no longer holds {manifest.Label}.", "Something else expired it (pgbackrest's own retention, another schedule). Take another backup, and let retention keep more."));
    }

    // A segment that can be fetched again is in the repository: what the server counts as archived may have gone elsewhere.
    private async Task<Problem?> ArchivedAsync(RestBackup backup, string place, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (await connection.ScalarAsync<bool>("select has_function_privilege('pg_switch_wal()', 'EXECUTE')", cancellationToken))
            await connection.ExecuteAsync("select pg_switch_wal()", cancellationToken);
        var size = await connection.ScalarAsync<long>("select setting::bigint from pg_settings where name = 'wal_segment_size'", cancellationToken);
        await using var folder = await ServerFolder.CreateAsync(door, cancellationToken);
        var started = time.GetTimestamp();
        foreach (var segment in LogSegments.Between(backup.Archive.Stop ?? backup.Archive.Start!, place, size))
        {
            var target = Path.Combine(folder.Path, segment);
            while (!await _program.FetchAsync(segment, target, cancellationToken))
            {
                if (time.GetElapsedTime(started) > ArchivePatience)
                    return new Problem($"The server's log up to the backup's end ({segment}) has not reached pgbackrest's repository within {ArchivePatience.TotalMinutes:0} minutes.",
                        "See the server's log for why archive_command fails or lags behind, then: upkeep run --resume");
                await Task.Delay(TimeSpan.FromMilliseconds(250), time, cancellationToken);
            }
            File.Delete(target);
        }
        return null;
    }

    private static Dictionary<string, string> Tools(Version version) => new() { ["pgbackrest"] = version.ToString() };

    [GeneratedRegex(@"archiveId: .*total WAL checked: (?<all>\d+), total valid WAL: (?<valid>\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex WholeLog();
}
