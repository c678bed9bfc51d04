using Upkeep.Backups.Engines;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups;

/// <summary>What to take.</summary>
/// <param name="Run">The run that it is for, or null.</param>
/// <param name="Moved">Hears how many bytes of how many are done (estimates), and the table that was last begun.</param>
public sealed record BackupRequest(string Name, string? Run, Action<long, long, string?> Moved);

/// <summary>Takes a backup with the configured engine: written beside, described, and given its name when all of it is on disk.</summary>
public sealed class BackupTaker(DatabaseDoor database, ProgramDoor door, BackupSettings settings, TimeProvider time)
{
    private readonly BackupStore _store = new(settings.Folder);

    /// <summary>The engine; tests hand in one with other limits.</summary>
    public IBackupEngine Engine { get; init; } = BackupEngines.Of(settings.Engine, database, door, settings, time);

    /// <summary>How a backup's sessions are known on the server.</summary>
    internal static string ApplicationName(string backup) => $"{DatabaseDoor.ApplicationName} {backup}";

    /// <returns>The manifest of the finished backup, or what kept it from being made; then nothing is left on disk.</returns>
    public async Task<(BackupManifest? Manifest, Problem? Problem)> TakeAsync(BackupRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var committed = false;
        BackupManifest? made = null;
        try
        {
            if (Directory.Exists(_store.Part(request.Name)))
                await EndOrphansAsync(ApplicationName(request.Name), cancellationToken);
            var part = _store.Begin(request.Name);
            var (manifest, problem) = await Engine.WriteAsync(request, part, cancellationToken);
            made = manifest;
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
            // What the engine keeps elsewhere goes too, also where we were cancelled; what can't be reached now is an orphan that the next backup finds.
            if (!committed && made is not null)
                await Engine.ForgetAsync(made, CancellationToken.None);
            if (!committed)
                _store.Discard(request.Name);
        }
    }

    // A killed upkeep leaves its pg_dump running, which would go on writing into the folder that is to be removed.
    // Only sessions of this very backup, by name and role, are ended; those of a physical copy belong to no database.
    private async Task EndOrphansAsync(string application, CancellationToken cancellationToken)
    {
        const string ours = "from pg_stat_activity where application_name = left($1, 63) and usename = current_user and (datname = current_database() or datname is null)";
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ScalarAsync<long>($"select count(pg_terminate_backend(pid)) {ours}", cancellationToken, application);
        while (await connection.ScalarAsync<long>($"select count(*) {ours}", cancellationToken, application) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
    }
}
