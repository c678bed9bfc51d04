namespace Upkeep.Backups.Foreign;

/// <summary>Looks through a folder for backups that others made.</summary>
/// <exception cref="IOException">The folder can't be read.</exception>
/// <exception cref="UnauthorizedAccessException">The folder is closed to us.</exception>
public delegate Task<IReadOnlyList<ForeignBackup>> FindForeign(string folder, CancellationToken cancellationToken);
