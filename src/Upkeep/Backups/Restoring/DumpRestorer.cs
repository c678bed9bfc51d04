using System.Globalization;
using Npgsql;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Clusters;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Restoring;

/// <summary>Restores logical dumps of our own on a scratch server.</summary>
public sealed class DumpRestorer(ProgramDoor door, BackupSettings settings, TimeProvider time)
{
    /// <param name="dump">The dump's folder.</param>
    public async Task<(RestoredCopy? Copy, Problem? Problem)> RestoreAsync(BackupManifest manifest, string dump, RestoreRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(request);
        var (programs, missing) = await DumpPrograms.FindAsync(door, settings.ProgramFolder, 0, cancellationToken);
        if (programs is null)
            return (null, missing);
        var (list, unreadable) = await ArchiveList.ReadAsync(door, programs, dump, null, cancellationToken);
        if (list is null)
            return (null, unreadable);
        TemporaryCluster? cluster = null;
        RestoredCopy? copy = null;
        try
        {
            var started = time.GetTimestamp();
            cluster = await StartAsync(request.Folder, cancellationToken);
            var served = time.GetElapsedTime(started);
            if (await MakeAsync(cluster, manifest, list, cancellationToken) is { } lacking)
                return (null, lacking);
            if (await FillAsync(cluster, manifest, programs, dump, request, cancellationToken) is { } problem)
                return (null, ScratchProblems.Explain(problem, request.Folder));
            copy = new RestoredCopy(cluster, manifest.Name, manifest.Database,
                [new RestorePhase("server made and started", served), new RestorePhase("rows, indexes and constraints", time.GetElapsedTime(started) - served)]);
            return (copy, null);
        }
        catch (Exception problem) when (ScratchProblems.IsKnown(problem) && !cancellationToken.IsCancellationRequested)
        {
            return (null, ScratchProblems.Explain(problem, request.Folder));
        }
        finally
        {
            if (copy is null && cluster is not null)
                await cluster.DisposeAsync();
        }
    }

    /// <summary>A scratch server for a restore: private, tuned for it, behind everything else on this machine.</summary>
    internal Task<TemporaryCluster> StartAsync(string folder, CancellationToken cancellationToken) => TemporaryCluster.StartAsync(new ClusterSettings
    {
        Folder = folder,
        Configuration = ScratchTuning.Here(settings.Jobs),
        // The clients' folder, where it is one of a server too.
        ProgramFolder = settings.ProgramFolder is { } named && File.Exists(Path.Combine(named, "initdb")) ? named : null,
        Private = true,
        Nice = settings.Restore.Nice,
    }, door, cancellationToken);

    private static async Task<Problem?> MakeAsync(TemporaryCluster cluster, BackupManifest manifest, ArchiveList list, CancellationToken cancellationToken) =>
        await OlderAsync(cluster, manifest.ServerVersion, cancellationToken)
        ?? await ScratchDatabase.LackingAsync(cluster, list.Extensions, cancellationToken)
        ?? await ScratchDatabase.MakeAsync(cluster, manifest.Database, manifest.Traits, manifest.Traits?.Roles ?? [], cancellationToken);

    /// <summary>Says so where the scratch server is older than the one a backup was made from: dumps go back only into the same or newer versions.</summary>
    internal static async Task<Problem?> OlderAsync(TemporaryCluster cluster, string? source, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString());
        await connection.OpenAsync(cancellationToken);
        var here = connection.PostgreSqlVersion.Major;
        return source is not null && int.TryParse(source.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var there) && there > here
            ? new Problem($"The backup is of a server of version {source}, and the newest server programs on this machine are of version {connection.PostgreSqlVersion}.",
                $"Install version {there} here (Debian: apt-get install postgresql-{there}), or name its folder under backup: programFolder.")
            : null;
    }

    private async Task<Problem?> FillAsync(TemporaryCluster cluster, BackupManifest manifest, DumpPrograms programs, string dump, RestoreRequest request, CancellationToken cancellationToken)
    {
        var target = new DatabaseSettings { ConnectionString = cluster.ConnectionString(manifest.Database) };
        await using var connection = new NpgsqlConnection(target.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var progress = new RestoreProgress(manifest.Files, request.Moved);
        // Without the source's roles (a manifest of before) owners and grants would fail; rows don't need them.
        string[] noRoles = manifest.Traits is null ? ["--no-owner", "--no-privileges"] : [];
        return await new PgRestore(door, programs).RunAsync(new PgRestoreRequest(dump, manifest.Database, LibpqEnvironment.For(target, connection, DatabaseDoor.ApplicationName), settings.Jobs)
        {
            // A subscription could go and fetch rows from its publisher.
            Options = ["--no-tablespaces", "--no-subscriptions", .. noRoles],
            Heard = progress.Hear,
            Nice = settings.Restore.Nice,
        }, cancellationToken);
    }
}
