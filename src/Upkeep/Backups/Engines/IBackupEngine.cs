using Npgsql;
using Upkeep.Backups.Restoring;
using Upkeep.Running;

namespace Upkeep.Backups.Engines;

/// <summary>What makes backups of one kind, reads them back and restores them.</summary>
public interface IBackupEngine
{
    /// <summary>Whether the engine can work here: its programs, and what the role may do.</summary>
    Task<EngineFound> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken);

    /// <summary>Writes the backup below a folder that is there and empty, with counts and digests of what it holds.</summary>
    /// <param name="part">The backup's unfinished folder. Everything of the engine's goes below it.</param>
    /// <returns>The manifest, not yet written anywhere, or what kept the backup from being made.</returns>
    Task<(BackupManifest? Manifest, Problem? Problem)> WriteAsync(BackupRequest request, string part, CancellationToken cancellationToken);

    /// <summary>Reads a finished backup back without restoring it, by the engine's own means; checksums are the store's work.</summary>
    Task<Proof> ReadBackAsync(BackupManifest manifest, string folder, CancellationToken cancellationToken);

    /// <summary>Restores a backup on a scratch server that it starts.</summary>
    /// <returns>The running copy, which the caller disposes of, or what went wrong; then nothing is left.</returns>
    Task<(RestoredCopy? Copy, Problem? Problem)> RestoreAsync(BackupManifest manifest, string folder, RestoreRequest request, CancellationToken cancellationToken);

    /// <summary>Removes what the engine keeps of a backup outside its folder, before the folder goes.</summary>
    Task<Problem?> ForgetAsync(BackupManifest manifest, CancellationToken cancellationToken);

    /// <summary>What can't be restored without this backup, by the engine's own names; it stays as long as they do.</summary>
    Task<IReadOnlyList<string>> DependentsAsync(BackupManifest manifest, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>What cut-off attempts of this very store left outside its folder, by the engine's own names. Nobody else may be taking a backup.</summary>
    Task<IReadOnlyList<string>> OrphansAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Removes one of them.</summary>
    Task<Problem?> ClearAsync(string orphan, CancellationToken cancellationToken) => Task.FromResult<Problem?>(null);
}

/// <summary>What an engine finds here.</summary>
/// <param name="Tools">The programs it would use, with their versions.</param>
/// <param name="Lacking">All that is missing, and how to mend it; empty where a backup can be made.</param>
public sealed record EngineFound(IReadOnlyDictionary<string, string> Tools, IReadOnlyList<Problem> Lacking);
